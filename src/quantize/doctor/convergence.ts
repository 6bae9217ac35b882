import type { Range } from '../observer.ts';
import { largest, smallest } from '../sample-extremes.ts';
import type { SampleRanges } from './sample-ranges.ts';

export const rangeOf = ({ min, max }: SampleRanges): Range => ({ min: smallest(min), max: largest(max) });

export const spanOf = ({ min, max }: Range): number => max - min;

/**
 * How far the largest of `size` numbers goes on average, over all choices of so many out of `sorted` (ascending): sum of
 * x_i C(i - 1, size - 1) / C(n, size). So the order in which samples came does not matter.
 */
function expectedLargest(sorted: Float32Array, size: number): number {
  const n = sorted.length;
  let weight = size / n;
  let sum = 0;
  for (let i = n; i >= size; i--) {
    sum += weight * sorted[i - 1]!;
    weight *= (i - size) / (i - 1 || 1);
  }
  return sum;
}

/** Mean widths of a value's range over all choices of samples, by their number: the rarefaction curve of its extremes. */
export class RangeGrowth {
  readonly name: string;
  readonly #upper: Float32Array;
  readonly #lower: Float32Array;

  constructor({ name, min, max }: SampleRanges) {
    this.name = name;
    this.#upper = max.toSorted();
    this.#lower = min.map((x) => -x).sort();
  }

  /** Width of the range, 0 included, of `samples` samples; of all of them it is the one that was seen. */
  width(samples: number): number {
    return expectedLargest(this.#upper, samples) + expectedLargest(this.#lower, samples);
  }

  /** By what part twice as many samples widened the range in the end, from half of them to all: 0.1 is 10 %. */
  get lastDoubling(): number {
    const n = this.#upper.length;
    const half = this.width(Math.ceil(n / 2));
    return half > 0 ? this.width(n) / half - 1 : this.width(n) > 0 ? Infinity : 0;
  }

  /** 1, 2, 4 and so on up to all samples, with the part of the final width. */
  get curve(): { readonly samples: number; readonly part: number }[] {
    const n = this.#upper.length;
    const full = this.width(n) || 1;
    const sizes = Array.from({ length: Math.ceil(Math.log2(n)) }, (_, i) => 2 ** i);
    return [...sizes, n].map((samples) => ({ samples, part: this.width(samples) / full }));
  }
}
