import type { Observer, ObserverFactory } from '../observer.ts';
import { extremesOf, largest, smallest } from '../sample-extremes.ts';

/** The ends of what one sample needs of a value's range, 0 included as every range must: by sample. */
export interface SampleRanges {
  readonly name: string;
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/** Remembers the extremes of every sample: 8 bytes a sample and value, nothing of the tensors themselves. */
export class SampleRecorder {
  readonly #values = new Map<string, { min: number[]; max: number[] }>();

  /** What `calibrate` takes. */
  readonly observer: ObserverFactory = (name): Observer => {
    const own = { min: [] as number[], max: [] as number[] };
    this.#values.set(name, own);
    const observeExtremes: NonNullable<Observer['observeExtremes']> = ({ min, max }) => {
      for (let i = 0; i < min.length; i++) {
        own.min.push(min[i]!);
        own.max.push(max[i]!);
      }
    };
    return {
      observe: (data, samples = 1) => observeExtremes(extremesOf(name, data, samples)),
      observeExtremes,
      range: () => ({ min: Math.min(0, smallest(own.min)), max: Math.max(0, largest(own.max)) }),
      save: () => ({ kind: 'samples', ...own }),
    };
  };

  /** In the order of the calibration. */
  get ranges(): SampleRanges[] {
    return [...this.#values].map(([name, { min, max }]) => ({
      name,
      min: Float32Array.from(min, (x) => Math.min(0, x)),
      max: Float32Array.from(max, (x) => Math.max(0, x)),
    }));
  }
}
