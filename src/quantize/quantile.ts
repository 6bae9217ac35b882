import type { Histogram } from './histogram.ts';

/** Numbers of a histogram in order, half-open bins from `from` on, `width` wide each. Zeros are counted besides, at the start of bin 0. */
interface Ordered {
  readonly from: number;
  readonly width: number;
  readonly counts: Float64Array;
  readonly zeros: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The quantile `q` (0 to 1) of all numbers, zeros included, to within one bin: numbers of a bin count as spread evenly
 * over it. As numpy's default method, it lies between the two nearest numbers in order.
 */
export const quantileOf = (histogram: Histogram, q: number): number => quantile(ordered(histogram), q);

/** The same of the numbers' sizes |x|. */
export const sizeQuantileOf = (histogram: Histogram, q: number): number => quantile(bySize(histogram), q);

function ordered(histogram: Histogram): Ordered {
  const { bins, width, zeros, min, max } = histogram;
  const from = Math.min(bins.min, 0);
  const counts = Float64Array.from({ length: Math.max(bins.max, 0) - from + 1 }, (_, i) =>
    histogram.count(from + i),
  );
  return { from, width, counts, zeros, min, max };
}

/** Bin i of the sizes has the numbers of bin i and of bin -i - 1. */
function bySize(histogram: Histogram): Ordered {
  const { bins, width, zeros, min, max } = histogram;
  const counts = Float64Array.from(
    { length: Math.max(bins.max, -bins.min - 1) + 1 },
    (_, i) => histogram.count(i) + histogram.count(-i - 1),
  );
  const least = min > 0 ? min : max < 0 ? -max : 0;
  return { from: 0, width, counts, zeros, min: least, max: Math.max(Math.abs(min), Math.abs(max)) };
}

function quantile(numbers: Ordered, q: number): number {
  const total = numbers.counts.reduce((sum, count) => sum + count, numbers.zeros);
  const place = (total - 1) * q;
  const below = Math.floor(place);
  const low = nth(numbers, below, total);
  return low + (place - below) * (nth(numbers, Math.min(below + 1, total - 1), total) - low);
}

/** The number at `index` in order; the first and the last are known exactly. */
function nth({ from, width, counts, zeros, min, max }: Ordered, index: number, total: number): number {
  if (index <= 0) return min;
  if (index >= total - 1) return max;
  let before = 0;
  for (const [i, count] of counts.entries()) {
    if (from + i === 0) {
      if (index < before + zeros) return 0;
      before += zeros;
    }
    if (index < before + count) {
      const x = (from + i + (index - before + 0.5) / count) * width;
      return Math.min(Math.max(x, min), max);
    }
    before += count;
  }
  return max;
}
