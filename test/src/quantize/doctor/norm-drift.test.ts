import { expect, test } from 'vitest';
import { median, normDrift } from '../../../../src/quantize/doctor/norm-drift.ts';

const channel = { trainedMean: 1, trainedDeviation: 2, trainedVariance: 4, mean: 1, deviation: 2, error: 0 };
const drift = (...changes: Partial<typeof channel>[]) =>
  normDrift({ node: 'n', channels: changes.map((change) => ({ ...channel, ...change })) });

test('as in training', () => {
  expect(drift({}, {}, {})).toEqual({ node: 'n', shift: 0, spread: 1, alive: 3, dead: 0 });
});

test('a shift counts beyond two standard errors', () => {
  expect(drift({ mean: 4 }).shift).toBe(1.5);
  expect(drift({ mean: 4, error: 1 }).shift).toBe(0.5);
  expect(drift({ mean: 4, error: Infinity }).shift).toBe(0);
});

test('a channel is dead if it varied in training and does not now', () => {
  const wasDead = { trainedVariance: 1e-6, trainedDeviation: 0.01, deviation: 0 };
  expect(drift({}, {}, { deviation: 0.001 }, wasDead)).toMatchObject({ alive: 3, dead: 1 });
});

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(4);
  expect(median([])).toBeNaN();
});
