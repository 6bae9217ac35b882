import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { dimsAgree, formatShape, type Model, product, Tensor } from '../ir/index.ts';
import type { Feeds } from '../runtime/index.ts';

export interface FeedsOptions {
  /** How many samples; a model with a fixed batch takes the next multiple of that. Default 512. */
  readonly limit?: number;
  /** Default `train`: calibration must not see the test split. */
  readonly split?: string;
  /** Default 32, or as many as take 4 MiB; a model with a fixed batch takes that, and full batches only. */
  readonly batchSize?: number;
  /** Which samples. Default 0. */
  readonly seed?: number;
}

/**
 * Batches of a data set as input for a model with one input, drawn from the whole split and normalized as for training.
 * Each pass starts anew, with the same samples. It throws UsageError if the data do not fit the model or `limit` is no
 * whole number of 1 or more.
 */
export const feedsOf = (
  model: Model,
  dataset: Dataset,
  options: FeedsOptions = {},
): AsyncIterable<Feeds> => ({ [Symbol.asyncIterator]: () => passOf(model, dataset, options) });

async function* passOf(model: Model, dataset: Dataset, options: FeedsOptions): AsyncGenerator<Feeds, void> {
  const { limit = 512, split = 'train', seed = 0 } = options;
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(`The calibration samples must be a whole number of 1 or more, was ${limit}`);
  const [input, ...more] = model.graph.feeds;
  const shape = input?.shape;
  const wanted = ['batch', ...dataset.sampleShape];
  const fits = shape?.length === wanted.length && wanted.every((dim, i) => dimsAgree(dim, shape[i]!));
  if (!input || more.length > 0 || (shape && !fits) || input.dtype !== 'float32')
    throw new UsageError(
      `To calibrate on ${dataset.name} the model must have one input float32 ${formatShape(wanted)}, has ${model.graph.feeds.join(', ') || 'none'}`,
    );
  const fixed = typeof shape?.[0] === 'number' ? shape[0] : undefined;
  if (fixed !== undefined && dataset.size(split) < fixed)
    throw new UsageError(
      `To calibrate on ${dataset.name} its split '${split}' must have at least the model's batch of ${fixed} samples, has ${dataset.size(split)}: take more data, or export the model with a smaller batch`,
    );
  const batchSize = fixed ?? Math.min(options.batchSize ?? defaultBatch(dataset), limit);
  let left = limit;
  for await (const { images } of dataset.batches(split, {
    batchSize,
    shuffle: seed,
    dropLast: fixed !== undefined,
  })) {
    const wanted = fixed ?? Math.min(left, images.shape[0]!);
    yield { [input.name]: first(images, wanted) };
    left -= wanted;
    if (left <= 0) return;
  }
}

/** Batches of large images would fill the memory and are run in parts all the same. */
const defaultBatch = ({ sampleShape }: Dataset): number =>
  Math.max(1, Math.min(32, Math.floor((4 * 2 ** 20) / (4 * product(sampleShape)))));

/** The first samples of a batch. */
function first(images: Tensor<'float32'>, count: number): Tensor<'float32'> {
  const shape = [count, ...images.shape.slice(1)];
  return Tensor.of('float32', images.data.subarray(0, product(shape)), shape);
}
