import { expect, test } from 'vitest';
import { driftOf } from '../../../src/bench/index.ts';
import { random } from '../../../src/random.ts';

const times = Array.from({ length: 10 }, (_, i) => i);

test('the change and its interval are those of least squares', () => {
  // numpy: slope, level = polyfit(t, y, 1); half = 2.306004 (Student, 8 degrees) * stderr * 9 / level. The residuals go
  // against each other, so that nothing is widened.
  const drift = driftOf(
    times,
    times.map((t) => 100 + t + (-1) ** t),
  )!;
  expect(drift.value).toBeCloseTo(0.0843155, 6);
  expect(drift.low).toBeCloseTo(0.0592275, 4);
  expect(drift.high).toBeCloseTo(0.1094035, 4);
  expect(drift.verdict).toMatch(/^It gets slower: \+8\.\d\d % over the whole time/);
});

test('a level that stays is told as such, and too few points give no verdict', () => {
  const steady = driftOf(
    times,
    times.map((t) => 5 + 0.001 * (-1) ** t),
  )!;
  expect(steady.verdict).toMatch(/^No drift of 1 % or more/);
  expect(driftOf([0, 1, 2], [1, 1, 1])).toBeUndefined();
});

test('where neighbours are alike, the interval still holds the truth most of the time', () => {
  const { uniform } = random(7);
  let held = 0;
  for (let round = 0; round < 300; round++) {
    let noise = 0;
    const values = Array.from({ length: 60 }, () => {
      noise = 0.6 * noise + (uniform() - 0.5);
      return 20 + noise;
    });
    const { low, high } = driftOf(
      values.map((_, i) => i),
      values,
    )!;
    if (low <= 0 && high >= 0) held++;
  }
  // Ordinary least squares holds it about 67 % of the time here.
  expect(held / 300).toBeGreaterThan(0.88);
});
