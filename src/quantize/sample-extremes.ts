import { notFinite, type SampleExtremes } from './observer.ts';

/**
 * The smallest and largest number of each of `samples` equal parts of `data`.
 * Throws ModelError for a number that is not finite. An empty tensor has no samples.
 */
export function extremesOf(name: string, data: Float32Array, samples: number): SampleExtremes {
  const size = data.length / samples;
  const count = data.length === 0 ? 0 : samples;
  const min = new Float32Array(count);
  const max = new Float32Array(count);
  for (let sample = 0; sample < count; sample++) {
    const end = (sample + 1) * size;
    let low = Infinity;
    let high = -Infinity;
    // x - x is 0 for every finite number, else NaN, which stays: comparisons are false for NaN and would not see it.
    let check = 0;
    for (let i = sample * size; i < end; i++) {
      const x = data[i]!;
      if (x < low) low = x;
      if (x > high) high = x;
      check += x - x;
    }
    if (check !== 0)
      throw notFinite(name, data.subarray(sample * size, end).find((x) => !Number.isFinite(x))!);
    min[sample] = low;
    max[sample] = high;
  }
  return { min, max };
}

export const smallest = (numbers: ArrayLike<number>): number => {
  let found = Infinity;
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! < found) found = numbers[i]!;
  return found;
};

export const largest = (numbers: ArrayLike<number>): number => {
  let found = -Infinity;
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! > found) found = numbers[i]!;
  return found;
};
