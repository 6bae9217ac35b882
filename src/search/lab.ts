import { type Evaluation, evaluate, meanDifference, wilson } from '../bench/index.ts';
import type { Dataset } from '../data/index.ts';
import { readModel } from '../onnx/index.ts';
import { modelCost } from '../ops/index.ts';
import { runStep, type Step, type StepCache, type StepOutcome, sha256, stepOf } from '../recipe/index.ts';
import type { WorkOptions } from '../report.ts';
import type { Budget } from './budget.ts';
import type { Figures } from './figures.ts';
import type { DeviceMeasurement, MeasureDevice } from './measure-local.ts';
import type { Part } from './parts.ts';
import type { PlannedStep } from './plan.ts';
import type { Link } from './trial.ts';

/** What steps are run and models are measured with. */
export interface LabSetup extends WorkOptions {
  /** ONNX bytes of the original, which is the teacher too. */
  readonly source: Uint8Array;
  readonly budget: Budget;
  /** Trains and calibrates. */
  readonly data: Dataset;
  readonly steps: readonly Step[];
  /** By device. */
  readonly devices: ReadonlyMap<string, MeasureDevice>;
  readonly cache?: StepCache | undefined;
  readonly fresh?: boolean;
}

/** Figures that do not depend on samples. */
export type Costs = Omit<Figures, 'accuracy' | 'drop'>;

/** Runs steps, each once, and measures models. */
export class Lab {
  readonly setup: LabSetup;
  readonly #made = new Map<string, StepOutcome>();
  #doing = '';

  constructor(setup: LabSetup) {
    this.setup = setup;
  }

  /** What is being done now, as the progress tells it. */
  tell(doing: string): void {
    this.#doing = doing;
    this.setup.onProgress?.({ done: 0, total: 1, message: doing });
  }

  /** Runs a plan from the original on. */
  async run(plan: readonly PlannedStep[]): Promise<Link[]> {
    const links: Link[] = [];
    let content = this.setup.source;
    for (const planned of plan) {
      const outcome = await this.#runOnce(planned, content);
      links.push({ planned, outcome });
      content = outcome.content;
    }
    return links;
  }

  async #runOnce(planned: PlannedStep, content: Uint8Array): Promise<StepOutcome> {
    const { source, steps, data, cache, fresh = false } = this.setup;
    const { step, options, hasTeacher = false } = planned;
    const key = JSON.stringify([sha256(content), step, options, hasTeacher]);
    const known = this.#made.get(key);
    if (known) return known;
    const outcome = await runStep(
      {
        step: stepOf(step, steps),
        options,
        content,
        data,
        ...(hasTeacher && { models: { teacher: source } }),
      },
      { ...this.#work(), cache, fresh },
    );
    this.#made.set(key, outcome);
    return outcome;
  }

  /** What needs no device to be known. */
  sizes(content: Uint8Array): Omit<Costs, 'devices'> {
    const { macs, batch, parameters } = modelCost(readModel(content));
    return { size: content.byteLength, macs: macs / batch, params: parameters };
  }

  /** Time and memory on a device of the budget. */
  measure(content: Uint8Array, device: string): Promise<DeviceMeasurement> {
    return this.setup.devices.get(device)!(content, this.#work());
  }

  evaluate(content: Uint8Array, { data, split }: Part): Promise<Evaluation> {
    return evaluate(content, data, { split, ...this.#work() });
  }

  #work(): WorkOptions {
    const { signal, onProgress } = this.setup;
    return {
      ...(signal && { signal }),
      ...(onProgress && {
        onProgress: ({ done, total, message }) =>
          onProgress({ done, total, message: [this.#doing, message].filter(Boolean).join(': ') }),
      }),
    };
  }
}

/** What two evaluations on the same samples tell: accuracies and their difference, with intervals of 95 %. */
export function compareEvaluations(before: Evaluation, after: Evaluation, labels: ArrayLike<number>) {
  const isRight = ({ predictions }: Evaluation, i: number): number => Number(predictions[i] === labels[i]);
  const differences = Array.from(labels, (_, i) => isRight(after, i) - isRight(before, i));
  return {
    before: wilson(before.accuracy, before.count),
    after: wilson(after.accuracy, after.count),
    change: meanDifference(differences),
  };
}
