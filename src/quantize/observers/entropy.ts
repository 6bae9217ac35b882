import { densityOf, sumsBefore } from '../density.ts';
import type { Histogram } from '../histogram.ts';
import type { ObserverFactory, Range } from '../observer.ts';
import { activationRanges } from '../scale.ts';
import { type Score, searchRange } from '../threshold-search.ts';
import { histogramObserver } from './histogram-observer.ts';
import { type ClippingOptions, levelsOf } from './mse.ts';

/**
 * The range whose integers lose the least information: the Kullback-Leibler divergence of the numbers, those outside
 * counted at its ends, from the same spread evenly over what each integer stands for. Thousands of bins, so that it
 * really clips; never more than 1 % of the numbers that are not 0, as exact zeros cost nothing. The divergence is of the
 * density, `densityOf`, as chance and numbers that keep coming back would otherwise count as information and clip the
 * bulk. Throws UsageError for integers of more than 8 bits.
 * Source: Migacz, "8-bit inference with TensorRT", GTC 2017, S7310; onnxruntime's `get_entropy_threshold`.
 */
export function entropyRange({
  integers = activationRanges.uint8,
  symmetric = false,
}: ClippingOptions = {}): ObserverFactory {
  const levels = levelsOf(integers, 'entropy');
  return histogramObserver('entropy', (histogram) => {
    const full = { min: Math.min(histogram.min, 0), max: Math.max(histogram.max, 0) };
    return searchRange(full, divergence(histogram, levels), { symmetric });
  });
}

/** What stands for none where outliers are all that a level has, in counts; as onnxruntime's `smooth_distribution`. */
const almostNone = 1e-4;

/** Part of the numbers that a range may leave out; what is less rare is no outlier. */
const mostClipped = 0.01;

/** Sums over the bins before each one, from which a candidate takes one step a level instead of one a bin. */
interface Sums {
  readonly first: number;
  readonly width: number;
  /** Of the numbers as they were counted. */
  readonly raw: Float64Array;
  /** Of their density. */
  readonly counts: Float64Array;
  /** How many bins are not empty. */
  readonly filled: Float64Array;
  /** Sum of density * log(density). */
  readonly logs: Float64Array;
}

function sumsOf(histogram: Histogram): Sums {
  const { bins, width } = histogram;
  const numbers = Float64Array.from({ length: bins.max - bins.min + 1 }, (_, i) =>
    histogram.count(bins.min + i),
  );
  const density = densityOf(numbers);
  return {
    ...{ first: bins.min, width, raw: sumsBefore(numbers), counts: sumsBefore(density) },
    filled: sumsBefore(density.map((x) => (x > 0 ? 1 : 0))),
    logs: sumsBefore(density.map(timesLog)),
  };
}

const timesLog = (x: number): number => (x > 0 ? x * Math.log(x) : 0);

function divergence(histogram: Histogram, levels: number): Score {
  const sums = sumsOf(histogram);
  const size = sums.raw.length - 1;
  const inside = (bin: number) => Math.min(size, Math.max(0, bin - sums.first));
  return (range: Range) => {
    const low = Math.floor(range.min / sums.width);
    const high = Math.max(low + 1, Math.ceil(range.max / sums.width));
    const at = (level: number) => inside(low + Math.floor(((high - low) * level) / levels));
    return klOf(
      sums,
      Array.from({ length: levels + 1 }, (_, level) => at(level)),
    );
  };
}

/** KL(P || Q) for levels between `edges`, indices into the bins. Infinite where too much lies outside. */
function klOf({ raw, counts, filled, logs }: Sums, edges: readonly number[]): number {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const kept = counts[to]! - counts[from]!;
  // Outliers are counted in the outermost bins of P, not in Q.
  const [left, right] = [raw[from]!, raw.at(-1)! - raw[to]!];
  if (kept === 0 || left + right > mostClipped * raw.at(-1)!) return Infinity;
  const total = kept + left + right;
  const bin = (i: number) => counts[i + 1]! - counts[i]!;
  const last = to - 1;
  const moved = (i: number, outliers: number) => timesLog(bin(i) + outliers) - timesLog(bin(i));
  const own = logs[to]! - logs[from]!;
  let cross = 0;
  for (let level = 1; level < edges.length; level++) {
    const [a, b] = [edges[level - 1]!, edges[level]!];
    if (a === b) continue;
    const mass = counts[b]! - counts[a]!;
    const extra = (a === from ? left : 0) + (b === to ? right : 0);
    if (mass + extra === 0) continue;
    const joins =
      (a === from && left > 0 && bin(a) === 0 ? 1 : 0) + (b === to && right > 0 && bin(last) === 0 ? 1 : 0);
    const q = mass / (filled[b]! - filled[a]! + joins) || almostNone;
    cross += (mass + extra) * Math.log(q);
  }
  const ownWithOutliers =
    own + (from === last ? moved(from, left + right) : moved(from, left) + moved(last, right));
  return (ownWithOutliers - cross) / total - Math.log(total) + Math.log(kept);
}
