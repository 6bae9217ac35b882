import { setImmediate as turn } from 'node:timers/promises';
import { type TargetKind, validationGraph } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { writeModel } from '../onnx/index.ts';
import { InferenceSession } from '../runtime/index.ts';
import type { FitSettings } from './fit-options.ts';
import { fedOf } from './fit-target.ts';
import type { PreparedModel } from './prepare-model.ts';
import type { TrainingState } from './trainer.ts';

/** How the weights after an epoch do on samples that no step saw. */
export interface ValidationMetrics {
  readonly epoch: number;
  readonly loss: number;
  /** Absent if there are no classes. */
  readonly accuracy?: number;
}

/**
 * The data with a validation split: its own, or `validation` samples (a share below 1) taken out of the training split.
 * Throws UsageError if `patience` needs one and there is none.
 */
export function withValidationSplit(
  data: Dataset,
  { validation, seed = 0, patience }: { validation?: number; seed?: number; patience?: number },
): Dataset {
  if (validation === undefined) {
    if (patience !== undefined && !data.splitNames.includes('validation'))
      throw new UsageError(
        `'patience' watches the loss of a validation split, '${data.name}' has none: give 'validation', for example 0.1`,
      );
    return data;
  }
  if (!(validation > 0) || (validation > 1 && !Number.isInteger(validation)))
    throw new UsageError(`'validation' must be a number of samples, or a share below 1, was ${validation}`);
  const count = validation < 1 ? Math.round(validation * data.size('train')) : validation;
  return data.withValidation(count, seed);
}

type ValidatorSettings = Pick<
  FitSettings,
  'batchSize' | 'validationLoss' | 'target' | 'teacher' | 'distillation' | 'frozen' | 'learnScales'
> & { readonly split?: string };

/** Runs a split, by default `validation`, through the validation graph; the last batch may be smaller than the others. */
export class Validator {
  readonly #prepared: PreparedModel;
  readonly #data: Dataset;
  readonly #split: string;
  readonly #options: Parameters<typeof validationGraph>[1] & { readonly target: TargetKind };
  readonly #sessions = new Map<number, InferenceSession>();

  constructor(
    prepared: PreparedModel,
    data: Dataset,
    { split = 'validation', ...settings }: ValidatorSettings,
  ) {
    this.#prepared = prepared;
    this.#data = data;
    this.#split = split;
    const { batchSize, validationLoss: loss, teacher, distillation, frozen, learnScales } = settings;
    // Validation is on samples and labels as they are: neither mixed nor smoothed nor weighted.
    const target = settings.target === 'distribution' ? 'labels' : settings.target;
    this.#options = { batchSize, loss, teacher, distillation, frozen, learnScales, target };
  }

  /** Mean loss and share of right samples over the split. Throws the signal's reason when aborted. */
  async run(
    { parameters, buffers }: TrainingState,
    signal?: AbortSignal,
  ): Promise<Omit<ValidationMetrics, 'epoch'>> {
    let [count, loss, correct] = [0, 0, 0];
    let classifies = false;
    for await (const batch of this.#data.batches(this.#split, { batchSize: this.#options.batchSize })) {
      const size = batch.images.shape[0]!;
      const session = await this.#sessionFor(size);
      const fed = fedOf(batch, this.#options.target);
      const feeds = { images: batch.images, ...fed, parameters: parameters! };
      const results = await session.run(buffers ? { ...feeds, buffers } : feeds);
      loss += results.loss!.toNumbers()[0]! * size;
      correct += results.correct?.toNumbers()[0] ?? 0;
      classifies = results.correct !== undefined;
      count += size;
      await turn();
      signal?.throwIfAborted();
    }
    return { loss: loss / count, ...(classifies && { accuracy: correct / count }) };
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
  }

  async #sessionFor(batchSize: number): Promise<InferenceSession> {
    const known = this.#sessions.get(batchSize);
    if (known) return known;
    const { model, teacher } = await this.#prepared.copies(batchSize);
    const graph = validationGraph(model, { ...this.#options, teacher, batchSize });
    const session = await InferenceSession.create(writeModel(graph), { keepQdq: true });
    this.#sessions.set(batchSize, session);
    return session;
  }
}
