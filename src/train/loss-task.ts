import type { Loss, TargetKind } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { type FitOptions, type FitSettings, fitSettings } from './fit-options.ts';
import { checkFit } from './fit-run.ts';
import { PreparedModel } from './prepare-model.ts';
import { type TrainingBatch, trainingBatches } from './training-batches.ts';

/** What the loss is, as `fit` takes it. */
export type LossOptions = Pick<FitOptions, 'loss' | 'target' | 'teacher' | 'classWeights' | 'labelSmoothing'>;

/** What `fit` would compute the loss of: the model made ready, the loss and what goes in. */
export interface LossTask {
  /** A copy with the shapes of a batch, whose constants have the names of the given model's. */
  readonly model: Model;
  readonly settings: {
    readonly batchSize: number;
    readonly loss: Loss;
    readonly target: TargetKind;
    readonly labelSmoothing: number;
    /** A copy with the shapes of a batch too. */
    readonly teacher?: Model;
    readonly frozen: FitSettings['frozen'];
  };
  /** Full batches of the training split in an order by the seed, by the name of the input. */
  batches(data: Dataset, seed: number): AsyncIterable<TrainingBatch>;
}

/** The loss that `fit` takes for model and data with these options. Throws what `fit` throws for them. */
export async function lossTask(
  student: Model,
  data: Dataset,
  { batchSize = 64, ...options }: LossOptions & Pick<FitOptions, 'batchSize'> = {},
): Promise<LossTask> {
  const { teacher: given } = options;
  const prepared = new PreparedModel(student, {
    ...{ batchSize, sample: data.sampleShape },
    ...(given && { teacher: given }),
  });
  const { model, teacher } = await prepared.copies();
  const asked = { ...options, batchSize, ...(teacher && { teacher }) };
  const all = fitSettings(asked, { model, frozen: prepared.frozen(), data });
  checkFit(model, data, all);
  const { loss, target, labelSmoothing, frozen } = all;
  const classes = Number(model.graph.outputs[0]?.shape?.[1]);
  return {
    model,
    settings: { batchSize, loss, target, labelSmoothing, frozen, ...(teacher && { teacher }) },
    batches: (source, seed) => trainingBatches(source, { ...all, seed }, { epoch: 0, start: 0, classes }),
  };
}
