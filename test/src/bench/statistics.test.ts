import { expect, test } from 'vitest';
import { percentile, summarize } from '../../../src/bench/statistics.ts';

test('equals what Python’s statistics.quantiles(method=inclusive), the rule of numpy, says', () => {
  const summary = summarize([3.5, 1.25, 9.75, 4.0, 2.5, 7.125, 0.5]);
  expect(summary).toMatchObject({ count: 7, min: 0.5, max: 9.75, p50: 3.5 });
  expect(summary.mean).toBeCloseTo(4.089285714285714, 12);
  expect(summary.std).toBeCloseTo(3.293549792867149, 12);
  expect(summary.p90).toBeCloseTo(8.175, 12);
  expect(summary.p95).toBeCloseTo(8.9625, 12);
  expect(summary.p99).toBeCloseTo(9.5925, 12);
});

test('one number is its own summary', () => {
  expect(summarize([2])).toEqual({
    count: 1,
    mean: 2,
    std: 0,
    min: 2,
    max: 2,
    p50: 2,
    p90: 2,
    p95: 2,
    p99: 2,
  });
});

test('percentiles interpolate between neighbours', () => {
  expect([0, 25, 50, 75, 100].map((p) => percentile([10, 20, 30, 40], p))).toEqual([10, 17.5, 25, 32.5, 40]);
});
