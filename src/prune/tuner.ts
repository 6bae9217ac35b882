import { klDivergence } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import {
  type FitOptions,
  type FitProgress,
  fit,
  type StepMetrics,
  type TrainingReport,
} from '../train/index.ts';
import type { PruneOptions } from './prune-options.ts';

/** Trains a model as it is pruned, and keeps what the trainings tell. */
export class Tuner {
  readonly reports: TrainingReport[] = [];
  readonly #data: Dataset;
  readonly #options: PruneOptions;
  readonly #teacher: Model | undefined;
  #steps = 0;

  /** `dense` is the teacher where scores are learned. */
  constructor(dense: Model, data: Dataset, options: PruneOptions) {
    this.#data = data;
    this.#options = options;
    this.#teacher = options.distill ? dense : undefined;
  }

  /** Trains for some epochs; 0 gives the model back. A schedule of the user's goes before the one given here. */
  async train(
    model: Model,
    epochs: number,
    { schedule = 'cosine', ...more }: Pick<FitOptions, 'masks' | 'keepInterrupted' | 'schedule'> = {},
  ): Promise<{ model: Model; masks?: Awaited<ReturnType<typeof fit>>['masks'] }> {
    if (epochs === 0) return { model };
    const { signal, training } = this.#options;
    const trained = await fit(model, this.#data, {
      ...{ schedule, ...training, ...more, epochs },
      ...(this.#teacher && { teacher: this.#teacher, loss: klDivergence({ temperature }) }),
      ...(signal && { signal }),
      onProgress: (progress) => this.#tell(progress),
    });
    this.reports.push(trained.report);
    this.#steps += trained.report.history.length;
    return trained;
  }

  /** Steps are counted over all trainings. */
  #tell({ steps, ...progress }: FitProgress): void {
    const counted = steps.map((step): StepMetrics => ({ ...step, step: this.#steps + step.step }));
    this.#options.onProgress?.({ ...progress, steps: counted });
  }
}

/** Softens the teacher's scores so that the unlikely classes tell something too. */
const temperature = 2;
