import type { Histogram } from '../histogram.ts';
import type { ObserverFactory, Range } from '../observer.ts';
import { activationRanges } from '../scale.ts';
import { type Score, searchRange } from '../threshold-search.ts';
import { histogramObserver } from './histogram-observer.ts';
import { type ClippingOptions, levelsOf } from './mse.ts';

/**
 * The range whose integers lose the least information: the Kullback-Leibler divergence of the numbers, those outside
 * counted at its ends, from the same spread evenly over what each integer stands for. Thousands of bins, so that it
 * really clips; exact zeros are left out, as they cost nothing. Throws UsageError for integers of more than 8 bits.
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

/** Sums over the bins before each one, from which a candidate takes one step a level instead of one a bin. */
interface Sums {
  readonly first: number;
  readonly width: number;
  readonly counts: Float64Array;
  /** How many bins are not empty. */
  readonly filled: Float64Array;
  /** Sum of count * log(count). */
  readonly logs: Float64Array;
}

function sumsOf(histogram: Histogram): Sums {
  const { bins, width } = histogram;
  const size = bins.max - bins.min + 1;
  const [counts, filled, logs] = [0, 1, 2].map(() => new Float64Array(size + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < size; i++) {
    const count = histogram.count(bins.min + i);
    counts[i + 1] = counts[i]! + count;
    filled[i + 1] = filled[i]! + (count > 0 ? 1 : 0);
    logs[i + 1] = logs[i]! + timesLog(count);
  }
  return { first: bins.min, width, counts, filled, logs };
}

const timesLog = (x: number): number => (x > 0 ? x * Math.log(x) : 0);

function divergence(histogram: Histogram, levels: number): Score {
  const sums = sumsOf(histogram);
  const size = sums.counts.length - 1;
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

/** KL(P || Q) for levels between `edges`, indices into the bins. */
function klOf({ counts, filled, logs }: Sums, edges: readonly number[]): number {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const total = counts.at(-1)!;
  const kept = counts[to]! - counts[from]!;
  if (kept === 0) return Infinity;
  const bin = (i: number) => counts[i + 1]! - counts[i]!;
  // Outliers are counted in the outermost bins of P, not in Q.
  const [left, right] = [counts[from]!, total - counts[to]!];
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
