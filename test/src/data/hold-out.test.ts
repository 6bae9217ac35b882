import { describe, expect, test } from 'vitest';
import { holdOut } from '../../../src/data/hold-out.ts';

const labels = Uint8Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : i < 190 ? 1 : 2));
const counts = (indices: Uint32Array): number[] =>
  [0, 1, 2].map((label) => indices.filter((index) => labels[index] === label).length);

test('every sample is in one part, each class in proportion', () => {
  const parts = holdOut({ size: 200, labels }, { test: 0.2, validation: 0.1 });
  const all = Object.values(parts).flatMap((indices) => [...indices]);
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  expect(Object.fromEntries(Object.entries(parts).map(([name, indices]) => [name, counts(indices)]))).toEqual(
    {
      train: [105, 28, 7],
      test: [30, 8, 2],
      validation: [15, 4, 1],
    },
  );
});

test.each([0.013, 0.1, 0.333, 0.5, 0.995])('a part of %d has the rounded size', (fraction) => {
  for (const stratified of [true, false]) {
    const { train, test } = holdOut({ size: 200, labels }, { test: fraction }, { stratified, seed: 7 });
    expect([test!.length, train!.length]).toEqual([
      Math.round(200 * fraction),
      200 - Math.round(200 * fraction),
    ]);
  }
});

test('the seed decides, and without classes the draw is plain', () => {
  const draw = (seed: number) => [...holdOut({ size: 200, labels }, { test: 0.3 }, { seed }).test!];
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(holdOut({ size: 10 }, { test: 0.3 }).test).toHaveLength(3);
});

describe('refuses', () => {
  test.each([
    [{ test: 0 }, "'test' must be a fraction between 0 and 1, was 0"],
    [{ test: 1 }, 'was 1'],
    [{ test: Number.NaN }, 'was NaN'],
    [{ test: 0.001 }, "'test' would have none of the 200 samples"],
    [{ test: 0.6, validation: 0.4 }, 'leave none of the 200 samples to train on'],
  ])('%j', (fractions, message) => {
    expect(() => holdOut({ size: 200, labels }, fractions)).toThrow(message);
  });

  test('classes of data without labels', () => {
    expect(() => holdOut({ size: 9 }, { test: 0.5 }, { stratified: true })).toThrow('needs labels');
  });
});
