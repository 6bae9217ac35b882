import { UsageError } from '../errors.ts';
import { product, Tensor } from '../ir/index.ts';
import { type Normalization, normalizeInto } from './normalization.ts';
import { readAhead } from './read-ahead.ts';
import { type OrderOptions, sampleOrder } from './sample-order.ts';
import { isSource, pick, type Samples } from './sample-source.ts';
import { type Split, type SplitShape, splitSize } from './split.ts';

/** Samples with what they are. */
export interface Batch {
  /** float32 [batch, ...sample shape], normalized. */
  readonly images: Tensor<'float32'>;
  /** int64 [batch]: index of the class. Throws UsageError when read from data without labels. */
  readonly labels: Tensor<'int64'>;
  /** float32 [batch, ...target shape], for regression; absent where data have no targets. */
  readonly targets?: Tensor<'float32'>;
  /** Where each sample is in its split. */
  readonly indices: Uint32Array;
}

export interface BatchOptions extends OrderOptions {
  /** Samples in a batch; the last one may have fewer. Default 64. */
  readonly batchSize?: number;
  /** Only the first samples of the split. */
  readonly limit?: number;
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
}

/** What turns stored numbers into model input. */
export interface SampleFormat extends SplitShape {
  /** Of the data set. */
  readonly name: string;
  readonly normalization: Normalization;
}

/** Read ahead of the consumer: so many bytes of samples as they are stored, but at least one batch. */
const aheadBytes = 32e6;
const mostAhead = 32;

/**
 * Yields a split batch by batch, normalized; samples of a source are read while the consumer has the batch before.
 * Throws UsageError for a batch size that is none.
 */
export async function* batchesOf(
  split: Split,
  format: SampleFormat,
  options: BatchOptions,
): AsyncGenerator<Batch, void> {
  const { images, labels } = split;
  const { batchSize = 64, limit = Infinity } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new UsageError(`The batch size must be a whole number of 1 or more, was ${batchSize}`);
  const order = sampleOrder(Math.min(splitSize(split, format), limit), labels, options);
  const parts = partsOf(order, { ...options, batchSize });
  const size = product(format.sampleShape);
  if (!isSource(images)) {
    for (const indices of parts) yield toBatch(pick(images, indices, size), { indices, split, format });
    return;
  }
  const bytes = batchSize * size * (images.dtype === 'uint8' ? 1 : 4);
  const depth = Math.max(1, Math.min(mostAhead, Math.floor(aheadBytes / bytes)));
  const load = async (indices: Uint32Array) => ({ indices, samples: await images.read(indices) });
  for await (const { indices, samples } of readAhead(parts, load, depth))
    yield toBatch(samples, { indices, split, format });
}

function* partsOf(
  order: Uint32Array,
  options: { batchSize: number; dropLast?: boolean },
): Generator<Uint32Array> {
  const { batchSize, dropLast = false } = options;
  for (let start = 0; start < order.length; start += batchSize) {
    const part = order.subarray(start, start + batchSize);
    if (dropLast && part.length < batchSize) return;
    yield part;
  }
}

interface BatchPlace {
  readonly indices: Uint32Array;
  readonly split: Split;
  readonly format: SampleFormat;
}

/** Normalizes the samples at `indices` into one batch. */
function toBatch(samples: Samples, { indices, split, format }: BatchPlace): Batch {
  const { sampleShape, targetShape, normalization, name } = format;
  const { length } = indices;
  const size = product(sampleShape);
  const images = new Float32Array(length * size);
  for (let i = 0; i < length; i++) {
    const own = [i * size, (i + 1) * size] as const;
    normalizeInto(images.subarray(...own), samples.subarray(...own), normalization);
  }
  const { labels, targets } = split;
  const classes = labels && BigInt64Array.from(indices, (index) => BigInt(labels[index]!));
  return {
    indices,
    images: Tensor.of('float32', images, [length, ...sampleShape]),
    get labels() {
      if (classes) return Tensor.of('int64', classes);
      throw new UsageError(`${name} has no labels. Choose labelled data, or say where the labels are`);
    },
    ...(targets && {
      targets: Tensor.of('float32', pick(targets, indices, product(targetShape)) as Float32Array, [
        length,
        ...targetShape,
      ]),
    }),
  };
}
