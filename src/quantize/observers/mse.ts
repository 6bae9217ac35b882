import { UsageError } from '../../errors.ts';
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
 * The range whose integers represent the numbers with the least squared error: clipping against rounding.
 * Throws UsageError for integers of more than 8 bits. Source: Nagel et al. 2021 (arXiv 2106.08295), section 3.1, by search.
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
 * The sum of count * (x - Q(x))^2 over bins, x their middle, for a range. From sums of count, count x and count x^2 up to
 * each bin it takes one step an integer instead of one a bin.
 */
function squaredError(histogram: Histogram, { integers, symmetric }: Required<ClippingOptions>): Score {
  const { bins, width } = histogram;
  const size = bins.max - bins.min + 1;
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array(size + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < size; i++) {
    const count = histogram.count(bins.min + i);
    const x = (bins.min + i + 0.5) * width;
    counts[i + 1] = counts[i]! + count;
    sums[i + 1] = sums[i]! + count * x;
    squares[i + 1] = squares[i]! + count * x * x;
  }
  /** How many bins have their middle below x. */
  const before = (x: number) => Math.min(size, Math.max(0, Math.ceil(x / width - bins.min - 0.5)));
  return (range) => {
    const { scale, zeroPoint } = (symmetric ? symmetricAffineOf : affineOf)(range, integers);
    let error = 0;
    let from = 0;
    for (let q = integers.min; q <= integers.max; q++) {
      const y = (q - zeroPoint) * scale;
      const to = q === integers.max ? size : before(y + scale / 2);
      if (to === from) continue;
      error +=
        squares[to]! -
        squares[from]! -
        2 * y * (sums[to]! - sums[from]!) +
        y * y * (counts[to]! - counts[from]!);
      from = to;
    }
    return error;
  };
}
