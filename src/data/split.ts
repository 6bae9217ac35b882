import { UsageError } from '../errors.ts';
import { product } from '../ir/index.ts';
import { isSource, pick, type SampleSource, type Samples, subsetOf } from './sample-source.ts';

export type Labels = Uint8Array | Int32Array;

/** Samples, row-major [C, H, W], in memory or where they are read from, and what is known of each. */
export interface Split {
  readonly images: Samples | SampleSource;
  /** The class of each. Absent where data have none, as for calibration and distillation. */
  readonly labels?: Labels;
  /** The numbers to predict for each, one after the other: regression. */
  readonly targets?: Float32Array;
}

/** Shapes that all splits of a data set share. */
export interface SplitShape {
  readonly sampleShape: readonly number[];
  readonly targetShape: readonly number[];
}

/** Number of samples. */
export function splitSize(
  { images, labels }: Split,
  { sampleShape }: Pick<SplitShape, 'sampleShape'>,
): number {
  if (isSource(images)) return images.size;
  return labels?.length ?? images.length / product(sampleShape);
}

/** The samples at `indices`: copied where they are in memory. */
export function selectSamples(split: Split, indices: Uint32Array, shape: SplitShape): Split {
  const { images, labels, targets } = split;
  return {
    images: isSource(images) ? subsetOf(images, indices) : pick(images, indices, product(shape.sampleShape)),
    ...(labels && { labels: pickLabels(labels, indices) }),
    ...(targets && { targets: pick(targets, indices, product(shape.targetShape)) as Float32Array }),
  };
}

/** The first `count` samples, over the same memory. */
export function firstSamples(split: Split, count: number, shape: SplitShape): Split {
  const { images, labels, targets } = split;
  const kept = Math.min(count, splitSize(split, shape));
  return {
    images: isSource(images)
      ? subsetOf(
          images,
          Uint32Array.from({ length: kept }, (_, i) => i),
        )
      : images.subarray(0, kept * product(shape.sampleShape)),
    ...(labels && { labels: labels.subarray(0, kept) }),
    ...(targets && { targets: targets.subarray(0, kept * product(shape.targetShape)) }),
  };
}

function pickLabels(labels: Labels, indices: Uint32Array): Labels {
  const out = labels instanceof Uint8Array ? new Uint8Array(indices.length) : new Int32Array(indices.length);
  indices.forEach((index, i) => {
    out[i] = labels[index]!;
  });
  return out;
}

interface SplitPlace extends SplitShape {
  readonly name: string;
  /** Of the data set. */
  readonly dataset: string;
  readonly classCount: number;
}

/** Throws UsageError if images, labels and targets are not of the same samples, or a label has no class. */
export function checkSplit(split: Split, place: SplitPlace): void {
  const { images, labels, targets } = split;
  const { name, dataset, sampleShape, targetShape, classCount } = place;
  const size = splitSize(split, place);
  const what = `Split '${name}' of ${dataset}`;
  const shape = `[${sampleShape.join(', ')}]`;
  const expected = Math.floor(size) * product(sampleShape);
  if (!isSource(images) && images.length !== expected)
    throw new UsageError(
      `${what} must have ${expected} numbers for ${Math.floor(size)} samples of ${shape}, has ${images.length}`,
    );
  if (labels && labels.length !== size)
    throw new UsageError(`${what} must have a label for each of its ${size} samples, has ${labels.length}`);
  if (targets && targets.length !== size * product(targetShape))
    throw new UsageError(
      `${what} must have ${size * product(targetShape)} target numbers for ${size} samples of [${targetShape.join(', ')}], has ${targets.length}`,
    );
  const bad = labels?.findIndex((label: number) => label < 0 || label >= classCount) ?? -1;
  if (bad >= 0)
    throw new UsageError(
      `Labels of split '${name}' of ${dataset} must be 0 to ${classCount - 1}, sample ${bad} has ${labels![bad]}`,
    );
}
