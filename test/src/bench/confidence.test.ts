import { expect, test } from 'vitest';
import { meanDifference, wilson } from '../../../src/bench/index.ts';
import { random } from '../../../src/random.ts';

// scipy 1.17: binomtest(right, count).proportion_ci(method='wilson').
test.each([
  [8, 10, 0.490162, 0.943318],
  [985, 1000, 0.975389, 0.990889],
  [0, 50, 0, 0.07135],
])('%i of %i lie where scipy says', (right, count, low, high) => {
  const estimate = wilson(right / count, count);
  expect(estimate.low).toBeCloseTo(low, 4);
  expect(estimate.high).toBeCloseTo(high, 4);
});

// Newcombe 1998 (Statistics in Medicine 17, table I).
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lie where Newcombe says', (right, count, low, high) => {
  const estimate = wilson(right / count, count);
  expect(estimate.low).toBeCloseTo(low, 4);
  expect(estimate.high).toBeCloseTo(high, 4);
});

test('the interval of a mean difference holds it in about 95 of 100 runs', () => {
  let held = 0;
  for (let seed = 0; seed < 400; seed++) {
    const { uniform } = random(seed);
    const differences = Array.from({ length: 500 }, () => {
      const u = uniform();
      return u < 0.06 ? 1 : u < 0.1 ? -1 : 0;
    });
    const { low, high } = meanDifference(differences);
    if (low <= 0.02 && 0.02 <= high) held++;
  }
  expect(held).toBeGreaterThan(366);
  expect(held).toBeLessThan(396);
});
