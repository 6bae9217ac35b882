import { UsageError } from '../errors.ts';
import { product } from '../ir/index.ts';
import type { Samples } from './sample-source.ts';

/** How stored numbers become model input: `(stored * scale - mean[channel]) / std[channel]`. */
export interface Normalization {
  readonly scale: number;
  /** One per channel. */
  readonly mean: readonly number[];
  /** One per channel. */
  readonly std: readonly number[];
}

export interface NormalizationOptions {
  /** Of the scaled numbers (0..1 for bytes): one for all channels, or one each. Default 0. */
  readonly mean?: number | readonly number[];
  /** As `mean`. Default 1. */
  readonly std?: number | readonly number[];
}

/**
 * Bytes are scaled to 0..1, other numbers stay; then mean and deviation of each channel, the sample's first dimension.
 * Throws UsageError for another number of values than channels, or a deviation that is not above 0.
 */
export function normalizationOf(
  dtype: 'uint8' | 'float32',
  sampleShape: readonly number[],
  { mean = 0, std = 1 }: NormalizationOptions,
): Normalization {
  const channels = sampleShape[0] ?? 1;
  const spread = (name: string, value: number | readonly number[]): readonly number[] => {
    const values = typeof value === 'number' ? [value] : value;
    const bad = values.find((v) => !Number.isFinite(v) || (name === 'std' && v <= 0));
    if (bad !== undefined)
      throw new UsageError(
        `'${name}' must be ${name === 'std' ? 'numbers above 0' : 'finite numbers'}, has ${bad}`,
      );
    if (values.length === channels) return values;
    if (values.length === 1) return new Array<number>(channels).fill(values[0]!);
    throw new UsageError(
      `'${name}' must have one number, or one for each of the ${channels} channels of samples [${sampleShape.join(', ')}], has ${values.length}`,
    );
  };
  return { scale: dtype === 'uint8' ? 1 / 255 : 1, mean: spread('mean', mean), std: spread('std', std) };
}

/** Normalizes one sample, channel by channel. */
export function normalizeInto(out: Float32Array, sample: Samples, normalization: Normalization): void {
  const { scale, mean, std } = normalization;
  const plane = out.length / mean.length;
  for (let channel = 0; channel < mean.length; channel++) {
    const factor = scale / std[channel]!;
    const offset = mean[channel]! / std[channel]!;
    const end = (channel + 1) * plane;
    for (let i = channel * plane; i < end; i++) out[i] = sample[i]! * factor - offset;
  }
}

/** Sums over samples, from which each channel's mean and deviation follow (in double precision, one pass by Welford). */
export class ChannelStatistics {
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #size: number;
  #count = 0;

  constructor(sampleShape: readonly number[]) {
    this.#mean = new Float64Array(sampleShape[0] ?? 1);
    this.#squares = new Float64Array(this.#mean.length);
    this.#size = product(sampleShape);
  }

  /** Takes whole samples, one after the other. */
  add(samples: Samples): void {
    const plane = this.#size / this.#mean.length;
    for (let start = 0; start < samples.length; start += plane) {
      const channel = (start / plane) % this.#mean.length;
      let count = this.#count + Math.floor(start / this.#size) * plane;
      for (let i = start; i < start + plane; i++) {
        const delta = samples[i]! - this.#mean[channel]!;
        this.#mean[channel]! += delta / ++count;
        this.#squares[channel]! += delta * (samples[i]! - this.#mean[channel]!);
      }
    }
    this.#count += samples.length / this.#mean.length;
  }

  /** What makes the numbers seen so far zero-mean and of deviation 1; a channel that never changes is only shifted. */
  normalization(scale: number): Normalization {
    const deviation = (squares: number): number => Math.sqrt(squares / Math.max(1, this.#count));
    return {
      scale,
      mean: Array.from(this.#mean, (mean) => mean * scale),
      std: Array.from(this.#squares, (squares) => deviation(squares) * scale || 1),
    };
  }
}
