import { randomFeeds } from '../../src/bench/random-feeds.ts';
import { scoresClasses } from '../../src/bench/scores-classes.ts';
import type { Dataset } from '../../src/data/index.ts';
import { UsageError } from '../../src/errors.ts';
import { dimsAgree, formatShape, type Model, product, Tensor } from '../../src/ir/index.ts';
import type { Feeds } from '../../src/runtime/index.ts';

/** What a health check feeds, and what is known of it. */
export interface HealthSamples {
  readonly batches: readonly Feeds[];
  /** Samples in each batch; the rest of one is padding. */
  readonly counts: readonly number[];
  /** The class of each sample, of labelled data whose classes the model scores. */
  readonly labels?: readonly number[];
  /** `256 test samples of mnist`. */
  readonly of: string;
}

/** Bytes of samples that travel for a check. */
const mostBytes = 16e6;
const defaultSamples = 256;
/** Of data, so many samples at least, however large they are. */
const fewestSamples = 8;
const batchSize = 32;

/** How many samples a check takes where nobody says: 256, or as many as fit in 16 MB. */
export const samplesFor = ({ sampleShape }: Dataset): number =>
  Math.max(fewestSamples, Math.min(defaultSamples, Math.floor(mostBytes / (4 * product(sampleShape)))));

/**
 * Samples of data for a health check, drawn from the whole test split (else the only other one), normalized as for
 * training. Throws UsageError if the model has not one float32 input of the data's shape.
 */
export async function dataSamples(model: Model, data: Dataset, limit: number): Promise<HealthSamples> {
  const { name, batch } = inputFor(model, data);
  const split = data.splitNames.includes('test') ? 'test' : data.splitNames[0]!;
  const isTold = scoresClasses(model, data) && data.split(split).labels !== undefined;
  const batches: Feeds[] = [];
  const counts: number[] = [];
  const labels: number[] = [];
  let left = Math.min(limit, data.size(split));
  for await (const drawn of data.batches(split, { batchSize: batch ?? batchSize, shuffle: 0 })) {
    const count = Math.min(left, drawn.images.shape[0]!);
    batches.push({ [name]: firstOf(drawn.images, { count, rows: batch ?? count }) });
    counts.push(count);
    if (isTold) labels.push(...drawn.labels.toNumbers().slice(0, count));
    left -= count;
    if (left === 0) break;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { batches, counts, of: `${total} ${split} samples of ${data.name}`, ...(isTold && { labels }) };
}

/** Made-up samples, where there are no data: they tell only whether a device computes what this machine does. */
export function randomSamples({ graph }: Model): HealthSamples {
  const ports = graph.feeds.map(({ name, dtype, shape }) => {
    if (dtype && shape) return { name, dtype, shape };
    throw new UsageError(
      `Input '${name}' of the model has no type and shape to make samples by: give data by --data`,
    );
  });
  return { batches: [randomFeeds(ports)], counts: [Infinity], of: 'random numbers' };
}

interface Input {
  readonly name: string;
  /** Where the model fixes it. */
  readonly batch: number | undefined;
}

function inputFor({ graph }: Model, data: Dataset): Input {
  const [input, ...more] = graph.feeds;
  const wanted = ['batch', ...data.sampleShape];
  const fits =
    input?.shape?.length === wanted.length && wanted.every((dim, i) => dimsAgree(dim, input.shape![i]!));
  if (!input || more.length > 0 || !fits || input.dtype !== 'float32')
    throw new UsageError(
      `To check a model on ${data.name} it must have one input float32 ${formatShape(wanted)}, has ${graph.feeds.join(', ') || 'none'}`,
    );
  const [batch] = input.shape!;
  return { name: input.name, batch: typeof batch === 'number' ? batch : undefined };
}

/** The first samples of a batch, filled up with zeros to `rows`. */
function firstOf(
  { data, shape }: Tensor<'float32'>,
  { count, rows }: { readonly count: number; readonly rows: number },
): Tensor<'float32'> {
  const sample = shape.slice(1);
  const filled = new Float32Array(rows * product(sample));
  filled.set(data.subarray(0, count * product(sample)));
  return Tensor.of('float32', filled, [rows, ...sample]);
}
