import { type Batch, Dataset, mnist } from '../../src/data/index.ts';
import type { Model } from '../../src/ir/index.ts';
import { fit as train } from '../../src/train/index.ts';
import { architecture } from '../../src/zoo/index.ts';
import { type TorchJob, type TorchRun, trainInTorch } from './train-in-torch.ts';

/** Digits a step. */
export const batchSize = 64;

/** A data set that keeps the batches that were taken from it. */
class RecordedDataset extends Dataset {
  readonly taken: Batch[] = [];

  override async *batches(...request: Parameters<Dataset['batches']>): AsyncGenerator<Batch> {
    for await (const batch of super.batches(...request)) {
      this.taken.push(batch);
      yield batch;
    }
  }
}

export interface Comparison {
  /** One per step. */
  readonly losses: readonly number[];
  /** Wall time of all our steps. */
  readonly seconds: number;
  readonly trained: Model;
  readonly torch: Record<'float32' | 'float64', TorchRun>;
}

/** Takes the same steps here and in PyTorch, from the same weights on the same batches of MNIST. */
export async function trainBoth(job: TorchJob, steps: number): Promise<Comparison> {
  const data = new RecordedDataset(await mnist());
  const model = architecture(job.network, { sample: data.sampleShape, classes: data.classNames.length });
  const { optimizer, rate: learningRate } = job;
  const ours = await train(model, data, { optimizer, learningRate, batchSize, limit: steps * batchSize });
  const torch = await trainInTorch(job, { model, batches: data.taken });
  const { history, seconds } = ours.report;
  return { losses: history.map((step) => step.loss), seconds, trained: ours.model, torch };
}

/** Infinity if the lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}
