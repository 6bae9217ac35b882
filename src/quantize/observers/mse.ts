import { UsageError } from '../../errors.ts';
import { sumsBefore } from '../density.ts';
import type { Histogram } from '../histogram.ts';
import type { ObserverFactory } from '../observer.ts';
import { activationRanges, affineOf, type IntegerRange, symmetricAffineOf } from '../scale.ts';
import { type Score, searchRange } from '../threshold-search.ts';
import { histogramObserver } from './histogram-observer.ts';

export interface ClippingOptions {
  /** The whole numbers that the value will be stored in, 256 at most. Default those of uint8. */
  readonly integers?: IntegerRange;
  /** A range -t to t. Default false. */
  readonly symmetric?: boolean;
}

/**
 * What the error of a clipped number counts beside that of a rounded one. Rounding errors differ in sign and average
 * out in the sums of the next layer; those of clipping all point to 0 and fall on the strongest responses.
 * Source: AIMET's TF-Enhanced encoding analyzer, gamma.
 */
const saturationWeight = 3;

/** A histogram of some thousand bins cannot tell finer steps apart. */
const mostLevels = 256;

/** How many whole numbers there are. Throws UsageError for more than 256 or fewer than 2. */
export function levelsOf({ min, max }: IntegerRange, method: string): number {
  const levels = max - min + 1;
  if (levels >= 2 && levels <= mostLevels) return levels;
  throw new UsageError(
    `Method '${method}' needs 2 to ${mostLevels} integers, which are 1 to 8 bits; ${min} to ${max} are ${levels}. Use min-max`,
  );
}

/**
 * The range whose integers represent the numbers with the least squared error, clipping against rounding, where that of
 * clipped numbers counts three times. Throws UsageError for integers of more than 8 bits.
 * Source: Nagel et al. 2021 (arXiv 2106.08295), section 3.1, by search, with the weight of AIMET's TF-Enhanced scheme.
 */
export function mseRange({
  integers = activationRanges.uint8,
  symmetric = false,
}: ClippingOptions = {}): ObserverFactory {
  levelsOf(integers, 'mse');
  return histogramObserver('mse', (histogram) => {
    const full = { min: Math.min(histogram.min, 0), max: Math.max(histogram.max, 0) };
    return searchRange(full, squaredError(histogram, { integers, symmetric }), { symmetric });
  });
}

/**
 * The weighted sum of count * (x - Q(x))^2 over bins, x their middle, for a range. From sums of count, count x and
 * count x^2 up to each bin it takes one step an integer instead of one a bin.
 */
function squaredError(histogram: Histogram, { integers, symmetric }: Required<ClippingOptions>): Score {
  const { bins, width } = histogram;
  const size = bins.max - bins.min + 1;
  const errorOf = errorsOf(histogram);
  /** How many bins have their middle below x. */
  const before = (x: number) => Math.min(size, Math.max(0, Math.ceil(x / width - bins.min - 0.5)));
  return (range) => {
    const { scale, zeroPoint } = (symmetric ? symmetricAffineOf : affineOf)(range, integers);
    const real = (q: number) => (q - zeroPoint) * scale;
    const [lowest, highest] = [real(integers.min), real(integers.max)];
    const end = before(highest + scale / 2);
    let from = before(lowest - scale / 2);
    let error = saturationWeight * (errorOf(lowest, 0, from) + errorOf(highest, end, size));
    for (let q = integers.min; q <= integers.max; q++) {
      const to = q === integers.max ? end : before(real(q) + scale / 2);
      if (to === from) continue;
      error += errorOf(real(q), from, to);
      from = to;
    }
    return error;
  };
}

/** Squared error of bins that become one number, from sums of their moments. */
function errorsOf(histogram: Histogram): (y: number, from: number, to: number) => number {
  const { bins, width } = histogram;
  const numbers = Float64Array.from({ length: bins.max - bins.min + 1 }, (_, i) =>
    histogram.count(bins.min + i),
  );
  const middle = (i: number) => (bins.min + i + 0.5) * width;
  const counts = sumsBefore(numbers);
  const sums = sumsBefore(numbers.map((count, i) => count * middle(i)));
  const squares = sumsBefore(numbers.map((count, i) => count * middle(i) ** 2));
  return (y, from, to) =>
    squares[to]! - squares[from]! - 2 * y * (sums[to]! - sums[from]!) + y * y * (counts[to]! - counts[from]!);
}
