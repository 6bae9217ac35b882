import type { Samples } from '../sample-source.ts';

const samplesInBlock = 64;

/** Keeps the first samples of a source, as many as fit into its bytes, from when they are first read. */
export class SampleCache {
  readonly #size: number;
  readonly #capacity: number;
  readonly #present: Uint8Array;
  readonly #blocks: Samples[] = [];

  /** Samples of `size` numbers of `width` bytes, at most `count` of them. */
  constructor({ bytes, size, width, count }: { bytes: number; size: number; width: number; count: number }) {
    this.#size = size;
    this.#capacity = Math.min(count, Math.floor(bytes / (size * width)));
    this.#present = new Uint8Array(this.#capacity);
  }

  /** The sample of an index as a view; undefined if it is not here. */
  get(index: number): Samples | undefined {
    if (index >= this.#capacity || !this.#present[index]) return undefined;
    return this.#place(index, this.#blocks[Math.floor(index / samplesInBlock)]!);
  }

  /** Keeps a copy, if the index is one of those that are kept. */
  set(index: number, sample: Samples): void {
    if (index >= this.#capacity) return;
    const number = Math.floor(index / samplesInBlock);
    const length = Math.min(samplesInBlock, this.#capacity - number * samplesInBlock) * this.#size;
    this.#blocks[number] ??= sample instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
    this.#place(index, this.#blocks[number]).set(sample);
    this.#present[index] = 1;
  }

  #place(index: number, block: Samples): Samples {
    const start = (index % samplesInBlock) * this.#size;
    return block.subarray(start, start + this.#size);
  }
}
