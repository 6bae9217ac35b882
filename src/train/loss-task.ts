import type { Loss, TargetKind } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { type FitOptions, type FitSettings, fitSettings } from './fit-options.ts';
import { checkFit } from './fit-run.ts';
import { PreparedModel } from './prepare-model.ts';
import { type TrainingBatch, trainingBatches } from './training-batches.ts';

/** What `fit` would compute the loss of: the model made ready, the loss and what goes in. */
export interface LossTask {
  /** A copy with the shapes of a batch, whose constants have the names of the given model's. */
  readonly model: Model;
  readonly settings: {
    readonly batchSize: number;
    readonly loss: Loss;
    readonly target: TargetKind;
    readonly frozen: FitSettings['frozen'];
  };
  /** Full batches of the training split in an order by the seed, by the name of the input. */
  batches(data: Dataset, seed: number): AsyncIterable<TrainingBatch>;
}

/** The loss that `fit` takes for model and data with these options. Throws what `fit` throws for them. */
export async function lossTask(
  given: Model,
  data: Dataset,
  { batchSize = 64, ...options }: Pick<FitOptions, 'batchSize' | 'loss' | 'target'> = {},
): Promise<LossTask> {
  const prepared = new PreparedModel(given, { batchSize, sample: data.sampleShape });
  const { model } = await prepared.copies();
  const all = fitSettings({ ...options, batchSize }, { model, frozen: prepared.frozen(), data });
  checkFit(model, data, all);
  const { loss, target, frozen } = all;
  const classes = Number(model.graph.outputs[0]?.shape?.[1]);
  return {
    model,
    settings: { batchSize, loss, target, frozen },
    batches: (source, seed) => trainingBatches(source, { ...all, seed }, { epoch: 0, start: 0, classes }),
  };
}
