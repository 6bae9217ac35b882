import type { Tensor } from '../../ir/index.ts';
import type { Feeds } from '../../runtime/index.ts';
import { samplesOf } from '../slices.ts';

/** What was fed to one float32 input of a model. */
export interface InputStatistics {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Whether all numbers are whole. */
  readonly whole: boolean;
  readonly mean: number;
  /** Standard deviation over all numbers. */
  readonly deviation: number;
}

/** What the numbers of an input so far add up to. */
interface Sums {
  min: number;
  max: number;
  whole: boolean;
  count: number;
  sum: number;
  squares: number;
}

/** Looks at what is fed: the range of each input, and how many samples there are and are different. */
export class FeedStatistics {
  readonly #inputs = new Map<string, Sums>();
  readonly #hashes = new Set<number>();
  #samples = 0;

  add(feeds: Feeds): void {
    const samples = samplesOf(feeds);
    this.#samples += samples;
    const hashes = new Uint32Array(samples).fill(0x811c9dc5);
    for (const [name, tensor] of Object.entries(feeds)) {
      hashSamples(tensor, hashes);
      if (tensor.dtype === 'float32') this.#look(name, tensor.data as Float32Array);
    }
    for (const hash of hashes) this.#hashes.add(hash);
  }

  get inputs(): InputStatistics[] {
    return [...this.#inputs].map(([name, { min, max, whole, count, sum, squares }]) => {
      const mean = sum / count;
      return { name, min, max, whole, mean, deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)) };
    });
  }

  get samples(): number {
    return this.#samples;
  }

  /** How many of the samples are different, by a 32-bit hash: a few less than really in large sets. */
  get different(): number {
    return this.#hashes.size;
  }

  #look(name: string, data: Float32Array): void {
    const seen = this.#inputs.get(name) ?? {
      ...{ min: Infinity, max: -Infinity, whole: true },
      ...{ count: 0, sum: 0, squares: 0 },
    };
    for (const x of data) {
      if (x < seen.min) seen.min = x;
      if (x > seen.max) seen.max = x;
      if (seen.whole && !Number.isInteger(x)) seen.whole = false;
      seen.sum += x;
      seen.squares += x * x;
    }
    seen.count += data.length;
    this.#inputs.set(name, seen);
  }
}

/** Takes each sample's bytes into its hash (FNV-1a, by bytes). An input that all samples share changes nothing. */
function hashSamples({ bytes }: Tensor, hashes: Uint32Array): void {
  const size = bytes.length / hashes.length;
  if (!Number.isInteger(size)) return;
  for (let sample = 0; sample < hashes.length; sample++) {
    let hash = hashes[sample]!;
    for (let i = sample * size; i < (sample + 1) * size; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hashes[sample] = hash;
  }
}
