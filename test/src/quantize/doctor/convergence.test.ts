import { expect, test } from 'vitest';
import { RangeGrowth } from '../../../../src/quantize/doctor/convergence.ts';
import { random } from '../../../../src/random.ts';

const { normal } = random(3);
const min = Float32Array.from({ length: 7 }, () => Math.min(0, normal()));
const max = Float32Array.from({ length: 7 }, () => Math.abs(normal()));
const value = { name: 'x', min, max };

/** All choices of `size` out of the 7 samples. */
const choices = (size: number): number[][] =>
  Array.from({ length: 128 }, (_, bits) => [0, 1, 2, 3, 4, 5, 6].filter((i) => bits & (1 << i))).filter(
    (choice) => choice.length === size,
  );

test.each([1, 2, 3, 4, 5, 6, 7])('the width of %d samples is the mean over all choices of them', (size) => {
  const widths = choices(size).map(
    (choice) => Math.max(...choice.map((i) => max[i]!)) - Math.min(...choice.map((i) => min[i]!)),
  );
  const mean = widths.reduce((a, b) => a + b) / widths.length;
  expect(new RangeGrowth(value).width(size)).toBeCloseTo(mean, 10);
});

test('the order of samples does not matter, the curve ends at 1', () => {
  const turned = { name: 'x', min: min.toReversed(), max: max.toReversed() };
  expect(new RangeGrowth(turned).curve).toEqual(new RangeGrowth(value).curve);
  const { curve } = new RangeGrowth(value);
  expect(curve.map(({ samples }) => samples)).toEqual([1, 2, 4, 7]);
  expect(curve.at(-1)!.part).toBeCloseTo(1, 12);
  expect(curve.every(({ part }, i) => i === 0 || part >= curve[i - 1]!.part)).toBe(true);
});

test('what has converged does not grow, one sample in many does', () => {
  const same = { name: 'x', min: new Float32Array(64), max: new Float32Array(64).fill(2) };
  expect(new RangeGrowth(same).lastDoubling).toBeCloseTo(0, 12);
  const one = { name: 'x', min: new Float32Array(64), max: new Float32Array(64).fill(1, 0, 63).fill(3, 63) };
  // Half of the choices of 32 have the sample: 3 / 2 - 1.
  expect(new RangeGrowth(one).lastDoubling).toBeCloseTo(0.5, 12);
  const zero = { name: 'x', min: new Float32Array(4), max: new Float32Array(4) };
  expect(new RangeGrowth(zero).lastDoubling).toBe(0);
});

test('thousands of samples', () => {
  const many = Float32Array.from({ length: 20000 }, () => Math.abs(normal()));
  const growth = new RangeGrowth({ name: 'x', min: new Float32Array(20000), max: many });
  expect(growth.width(20000)).toBeCloseTo(Math.max(...many), 10);
  expect(growth.width(1)).toBeCloseTo(many.reduce((a, b) => a + b) / 20000, 4);
});
