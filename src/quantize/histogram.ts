import { notFinite, type ObserverState, type Range } from './observer.ts';

/** Bins on each side of 0. Of a range that reaches the end at least half of them are in use. */
const side = 8192;
/** log2 of a width that is too fine for any number but 0: the smallest float32 is 2^-149. */
const finest = -200;

/**
 * Counts float32 numbers in one pass and constant memory (128 KiB), whatever their range turns out to be. Bin `i` holds
 * numbers in [i * width, (i + 1) * width); the width is a power of two, and doubles when a number lies outside: pairs of
 * bins merge and every count stays exact, as if the final width had been known from the start. Zeros, which every
 * affine grid represents exactly, are counted besides.
 */
export class Histogram {
  readonly #name: string;
  readonly #counts = new Float64Array(2 * side);
  /** log2 of the width; undefined until there is a number other than 0. */
  #exponent: number | undefined;
  #zeros = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Errors name the value that is counted. */
  constructor(name: string, saved?: ObserverState) {
    this.#name = name;
    if (saved) this.#restore(saved);
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** How many numbers were exactly 0. */
  get zeros(): number {
    return this.#zeros;
  }

  /** Of a bin; 0 while there was nothing but zeros. */
  get width(): number {
    return this.#exponent === undefined ? 0 : 2 ** this.#exponent;
  }

  /** Throws ModelError for a number that is not finite. */
  add(data: Float32Array): void {
    let at = 0;
    // Stops where a number lies outside of the bins, goes on there with wider ones.
    while (at < data.length) {
      at = this.#count(data, at);
      if (at < data.length) this.#cover(data[at]!);
    }
  }

  /** Count of the numbers in bin `index`, zeros left out; 0 outside. */
  count(index: number): number {
    const zeros = index === 0 ? this.#zeros : 0;
    return (this.#counts[index + side] ?? 0) - zeros;
  }

  /** The bins that the numbers lie in: first to last. Both 0 while there was nothing but zeros. */
  get bins(): Range {
    const { width } = this;
    if (width === 0) return { min: 0, max: 0 };
    return { min: Math.floor(this.#min / width), max: Math.floor(this.#max / width) };
  }

  save(): ObserverState {
    const bins: number[] = [];
    const counts: number[] = [];
    this.#counts.forEach((count, i) => {
      if (count === 0) return;
      bins.push(i - side);
      counts.push(count);
    });
    const seen = this.#min <= this.#max;
    const extremes = { min: seen ? this.#min : null, max: seen ? this.#max : null };
    return { exponent: this.#exponent ?? null, zeros: this.#zeros, ...extremes, bins, counts };
  }

  #restore({ exponent, zeros, min, max, bins, counts }: ObserverState): void {
    this.#exponent = (exponent as number | null) ?? undefined;
    this.#zeros = zeros as number;
    this.#min = (min as number | null) ?? Infinity;
    this.#max = (max as number | null) ?? -Infinity;
    (bins as readonly number[]).forEach((bin, i) => {
      this.#counts[bin + side] = (counts as readonly number[])[i]!;
    });
  }

  /** Counts numbers from `start` on, up to one that has no bin, and returns its index. The loop that calibration spends its time in. */
  #count(data: Float32Array, start: number): number {
    const counts = this.#counts;
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    const perBin = 2 ** -(this.#exponent ?? finest);
    let [min, max, zeros] = [this.#min, this.#max, 0];
    let i = start;
    for (; i < data.length; i++) {
      const x = data[i]!;
      const bin = Math.floor(x * perBin);
      // Also where x is NaN.
      if (!(bin >= -side && bin < side)) break;
      const at = (bin + side) | 0;
      counts[at] = counts[at]! + 1;
      if (x < min) min = x;
      if (x > max) max = x;
      // 1 for 0 and -0 without a branch, which half of the outputs of a Relu would mispredict.
      const magnitude = bits[i]! << 1;
      zeros += (~magnitude & (magnitude - 1)) >>> 31;
    }
    this.#min = min;
    this.#max = max;
    this.#zeros += zeros;
    return i;
  }

  /** Widens the bins until `x` has one. */
  #cover(x: number): void {
    if (!Number.isFinite(x)) throw notFinite(this.#name, x);
    if (this.#exponent === undefined) {
      // Only zeros so far, which stay in bin 0. The first number starts at the finest width that holds it.
      this.#exponent = Math.floor(Math.log2(Math.abs(x) / side)) - 1;
    }
    while (!this.#holds(x)) {
      mergePairs(this.#counts);
      this.#exponent++;
    }
  }

  #holds(x: number): boolean {
    const bin = Math.floor(x / this.width);
    return bin >= -side && bin < side;
  }
}

/** Bin i takes the counts of bins 2 i and 2 i + 1; towards 0 on both sides, so that none is overwritten unread. */
function mergePairs(counts: Float64Array): void {
  for (let i = 0; i < side; i++) {
    const [up, down] = [2 * i, -2 * i - 2];
    const upper = up < side ? counts[up + side]! + counts[up + 1 + side]! : 0;
    const lower = down >= -side ? counts[down + side]! + counts[down + 1 + side]! : 0;
    counts[i + side] = upper;
    counts[-i - 1 + side] = lower;
  }
}
