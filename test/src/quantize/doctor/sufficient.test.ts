import { expect, test } from 'vitest';
import type { SampleRanges } from '../../../../src/quantize/doctor/sample-ranges.ts';
import {
  enoughInOrder,
  extremeSetters,
  sufficientSubset,
} from '../../../../src/quantize/doctor/sufficient.ts';
import { random } from '../../../../src/random.ts';

function draw(seed: number, { values = 5, samples = 12 } = {}): SampleRanges[] {
  const { normal } = random(seed);
  return Array.from({ length: values }, (_, i) => ({
    name: `v${i}`,
    min: Float32Array.from({ length: samples }, () => Math.min(0, normal())),
    max: Float32Array.from({ length: samples }, () => Math.max(0, normal() ** 3)),
  }));
}

/** Whether min-max ranges of some samples are within the tolerance of all, at each end. */
function suffices(values: SampleRanges[], chosen: readonly number[], tolerance: number): boolean {
  return values.every(({ min, max }) => {
    const [low, high] = [Math.min(0, ...min), Math.max(0, ...max)];
    const slack = tolerance * (high - low) + 1e-7;
    return (
      Math.min(0, ...chosen.map((i) => min[i]!)) <= low + slack &&
      Math.max(0, ...chosen.map((i) => max[i]!)) >= high - slack
    );
  });
}

const subsets = Array.from({ length: 2 ** 12 }, (_, bits) =>
  Array.from({ length: 12 }, (_, i) => i).filter((i) => bits & (1 << i)),
);

test.each([1, 2, 3, 4, 5, 6, 7, 8])('the chosen samples give the ranges of all (seed %d)', (seed) => {
  const values = draw(seed);
  for (const tolerance of [0.001, 0.05, 0.3]) {
    const chosen = sufficientSubset(values, tolerance);
    expect(suffices(values, chosen, tolerance)).toBe(true);
    const best = Math.min(...subsets.filter((s) => suffices(values, s, tolerance)).map((s) => s.length));
    // Greedy covers are not always the smallest.
    expect(chosen.length).toBeLessThanOrEqual(best + 1);
  }
});

test.each([1, 2, 3, 4])('no shorter beginning is enough (seed %d)', (seed) => {
  for (const value of draw(seed, { samples: 30 })) {
    for (const tolerance of [0.01, 0.1]) {
      const enough = enoughInOrder(value, tolerance);
      const first = (count: number) => Array.from({ length: count }, (_, i) => i);
      expect(suffices([value], first(enough), tolerance)).toBe(true);
      if (enough > 1) expect(suffices([value], first(enough - 1), tolerance - 1e-6)).toBe(false);
    }
  }
});

test('who sets the extremes', () => {
  const values = [
    { name: 'a', min: Float32Array.of(0, -1, 0), max: Float32Array.of(1, 5, 2) },
    { name: 'b', min: Float32Array.of(0, 0, 0), max: Float32Array.of(1, 2, 9) },
  ];
  expect(extremeSetters(values)).toEqual([
    { sample: 1, ends: 2 },
    { sample: 2, ends: 1 },
  ]);
});

test('values that are always 0 need one sample, no values none', () => {
  const zero = { name: 'z', min: new Float32Array(3), max: new Float32Array(3) };
  expect(sufficientSubset([zero], 0.05)).toEqual([0]);
  expect(enoughInOrder(zero, 0.05)).toBe(1);
  expect(sufficientSubset([], 0.05)).toEqual([]);
});
