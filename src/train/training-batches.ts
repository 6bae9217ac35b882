import type { Distillation } from '../autodiff/index.ts';
import type { Batch, Dataset } from '../data/index.ts';
import { Tensor } from '../ir/index.ts';
import { random } from '../random.ts';
import { augmented, chosenAugmentations, mixup } from './augment/index.ts';
import type { FitSettings } from './fit-options.ts';
import { fedOf } from './fit-target.ts';

/** What one step of a training graph takes, by the name of the input. */
export type TrainingBatch = Readonly<Record<string, Tensor>>;

/**
 * The batches of one epoch, from number `start` on. Their order depends on the seed and the epoch, and the random
 * changes of a batch on those and its number, so that a training that goes on sees what it would have seen.
 */
export async function* trainingBatches(
  data: Dataset,
  settings: Pick<FitSettings, 'batchSize' | 'seed' | 'limit' | 'augment' | 'target'> &
    Partial<Pick<FitSettings, 'distillation'>>,
  { epoch, start, classes }: { epoch: number; start: number; classes: number },
): AsyncGenerator<TrainingBatch> {
  const { batchSize, seed, limit, augment, target, distillation } = settings;
  const chosen = chosenAugmentations(augment, data.sampleShape);
  const fill = data.normalization.mean.map((mean, c) => -mean / data.normalization.std[c]!);
  let index = 0;
  for await (const batch of data.batches('train', {
    batchSize,
    limit,
    shuffle: seed + epoch,
    dropLast: true,
  })) {
    if (index++ < start) continue;
    const { images } = batch;
    const source = random(seedOf(seed, epoch, index));
    const shape = data.sampleShape;
    const pixels =
      chosen.length > 0 ? augmented(images.data, chosen, { shape, random: source, fill }) : images.data;
    const changed = chosen.length > 0 ? Tensor.of('float32', pixels, images.shape) : images;
    if (target === 'distribution')
      yield mixed(changed, batch.labels, { alpha: augment.mixup!, random: source, classes });
    else yield { images: changed, ...fedOf(batch, target), ...scoresFor(batch, distillation) };
  }
}

/** What a teacher computed for the samples of a batch before, if it did. */
function scoresFor({ indices }: Batch, distillation: Distillation | undefined): TrainingBatch {
  const { scores } = distillation ?? {};
  if (!scores) return {};
  const size = scores.size / scores.shape[0]!;
  const rows = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    rows.set((scores.data as Float32Array).subarray(index * size, (index + 1) * size), i * size);
  });
  return { teacher: Tensor.of('float32', rows, [indices.length, ...scores.shape.slice(1)]) };
}

/** One 32-bit number that each of the three changes (the finalizer of MurmurHash3, Appleby, public domain). */
function seedOf(seed: number, epoch: number, index: number): number {
  let h = 0;
  for (const part of [seed, epoch, index]) {
    h = Math.imul(h ^ part, 0x85ebca6b) + 0x9e3779b9;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

function mixed(
  images: Tensor,
  labels: Tensor<'int64'>,
  { classes, ...options }: { alpha: number; random: ReturnType<typeof random>; classes: number },
): TrainingBatch {
  const count = labels.size;
  const pixels = (images.data as Float32Array).slice();
  const targets = new Float32Array(count * classes);
  labels.data.forEach((label, i) => {
    if (classes === 1) targets[i] = Number(label);
    else targets[i * classes + Number(label)] = 1;
  });
  mixup({ images: pixels, targets, count }, options);
  return {
    images: Tensor.of('float32', pixels, images.shape),
    targets: Tensor.of('float32', targets, [count, classes]),
  };
}
