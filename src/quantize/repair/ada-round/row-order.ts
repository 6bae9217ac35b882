import { permutation, type Random } from '../../../random.ts';
import type { Rows } from '../layers/layer-data.ts';

/** Rows in random order, all of them once before any comes again. */
export class RowOrder {
  readonly #rows: Rows;
  readonly #random: Random;
  #order: Uint32Array = new Uint32Array(0);
  #next = 0;

  constructor(rows: Rows, source: Random) {
    this.#rows = rows;
    this.#random = source;
  }

  take(count: number): BigInt64Array {
    const { from, to } = this.#rows;
    return BigInt64Array.from({ length: count }, () => {
      if (this.#next >= this.#order.length) {
        this.#order = permutation(to - from, this.#random);
        this.#next = 0;
      }
      return BigInt(from + this.#order[this.#next++]!);
    });
  }
}
