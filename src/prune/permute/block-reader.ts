import { type BlockPattern, type ReductionLayout, reductionLayout } from '../masks/n-of-m.ts';
import type { PrunableWeight } from '../masks/prunable.ts';

/** How much of its weights' magnitude an n:m pattern keeps while their input channels change places. */
export class BlockReader {
  readonly weight: PrunableWeight;
  /** By place along the sum, the index whose weights are there now. */
  readonly order: Int32Array;
  readonly #magnitudes: Float32Array;
  readonly #layout: ReductionLayout;
  readonly #pattern: BlockPattern;
  readonly #block: Float64Array;

  /** `weight` must have an axis to sum up along. */
  constructor(weight: PrunableWeight, pattern: BlockPattern) {
    this.weight = weight;
    this.#layout = reductionLayout(weight.shape, weight.axis!);
    this.order = Int32Array.from({ length: this.#layout.length }, (_, i) => i);
    this.#magnitudes = weight.data.map(Math.abs);
    this.#pattern = pattern;
    this.#block = new Float64Array(pattern.m);
  }

  get blocks(): number {
    return Math.ceil(this.#layout.length / this.#pattern.m);
  }

  get vectors(): number {
    return this.#layout.vectors;
  }

  /** Sum of |w| that stays of one block of m places, over every `step`-th vector. */
  kept(block: number, step = 1): number {
    const { length, stride, vectors } = this.#layout;
    const { n, m } = this.#pattern;
    const size = Math.min(m, length - block * m);
    let sum = 0;
    for (let vector = 0; vector < vectors; vector += step) {
      const start = this.#layout.start(vector);
      for (let k = 0; k < size; k++)
        this.#block[k] = this.#magnitudes[start + this.order[block * m + k]! * stride]!;
      sum += largest(this.#block, size, n);
    }
    return sum;
  }

  /** Share of the sum of all |w| that stays, 0..1. */
  share(): number {
    const all = this.#magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
    let kept = 0;
    for (let block = 0; block < this.blocks; block++) kept += this.kept(block);
    return all === 0 ? 1 : kept / all;
  }
}

/** Sum of the `count` largest of the first `size` elements, none below 0; uses them up. */
function largest(values: Float64Array, size: number, count: number): number {
  let sum = 0;
  for (let taken = 0; taken < count && taken < size; taken++) {
    let at = 0;
    for (let k = 1; k < size; k++) if (values[k]! > values[at]!) at = k;
    sum += values[at]!;
    values[at] = -1;
  }
  return sum;
}
