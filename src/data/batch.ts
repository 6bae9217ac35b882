import { UsageError } from '../errors.ts';
import { product, Tensor } from '../ir/index.ts';
import { permutation, random } from '../random.ts';

/** Samples with what they are. */
export interface Batch {
  /** float32 [batch, ...sample shape], normalized. */
  readonly images: Tensor<'float32'>;
  /** int64 [batch]: index of the class. */
  readonly labels: Tensor<'int64'>;
}

export interface BatchOptions {
  /** Samples in a batch; the last one may have fewer. Default 64. */
  readonly batchSize?: number;
  /** Seed of the order; without it samples come as they are stored. */
  readonly shuffle?: number;
  /** Only the first samples of the split. */
  readonly limit?: number;
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
}

/** How stored numbers become model input: `(stored * scale - mean[channel]) / std[channel]`. */
export interface Normalization {
  readonly scale: number;
  /** One per channel. */
  readonly mean: readonly number[];
  /** One per channel. */
  readonly std: readonly number[];
}

/** Samples as stored, one after the other, row-major [C, H, W], and the class of each. */
export interface Split {
  readonly images: Uint8Array | Float32Array;
  readonly labels: Uint8Array | Int32Array;
}

/** What turns stored numbers into model input. */
export interface SampleFormat {
  readonly sampleShape: readonly number[];
  readonly normalization: Normalization;
}

/** Yields a split batch by batch, normalized. Throws UsageError for a batch size that is none. */
export async function* batchesOf(
  split: Split,
  format: SampleFormat,
  { batchSize = 64, shuffle, limit = Infinity, dropLast = false }: BatchOptions,
): AsyncGenerator<Batch, void> {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new UsageError(`The batch size must be a whole number of 1 or more, was ${batchSize}`);
  const count = Math.min(split.labels.length, limit);
  const order =
    shuffle === undefined
      ? Uint32Array.from({ length: count }, (_, i) => i)
      : permutation(count, random(shuffle));
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    if (dropLast && end - start < batchSize) return;
    yield gather(split, order.subarray(start, end), format);
  }
}

/** Copies the samples at `indices` into one batch, normalized. */
function gather(split: Split, indices: Uint32Array, { sampleShape, normalization }: SampleFormat): Batch {
  const size = product(sampleShape);
  const images = new Float32Array(indices.length * size);
  const labels = new BigInt64Array(indices.length);
  indices.forEach((index, i) => {
    const from = split.images.subarray(index * size, (index + 1) * size);
    normalizeInto(images.subarray(i * size, (i + 1) * size), from, normalization);
    labels[i] = BigInt(split.labels[index]!);
  });
  return {
    images: Tensor.of('float32', images, [indices.length, ...sampleShape]),
    labels: Tensor.of('int64', labels),
  };
}

/** Normalizes one sample, channel by channel. */
function normalizeInto(out: Float32Array, sample: Split['images'], normalization: Normalization): void {
  const { scale, mean, std } = normalization;
  const plane = out.length / mean.length;
  for (let channel = 0; channel < mean.length; channel++) {
    const factor = scale / std[channel]!;
    const offset = mean[channel]! / std[channel]!;
    const end = (channel + 1) * plane;
    for (let i = channel * plane; i < end; i++) out[i] = sample[i]! * factor - offset;
  }
}
