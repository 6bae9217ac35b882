import { expect, test } from 'vitest';
import { densityOf, sumsBefore } from '../../../src/quantize/density.ts';
import { random } from '../../../src/random.ts';

test('a straight slope stays as it is, empty bins stay empty', () => {
  const slope = Float64Array.from({ length: 60 }, (_, i) => 100 + i);
  const density = densityOf(slope);
  for (let i = 8; i < 52; i++) expect(density[i]).toBeCloseTo(100 + i, 9);
  const gaps = slope.map((count, i) => (i % 3 === 0 ? count : 0));
  expect(densityOf(gaps).map(Math.sign)).toEqual(gaps.map(Math.sign));
});

test('of a peak only twice what is usual around it counts', () => {
  const counts = new Float64Array(41).fill(10);
  counts[20] = 1e6;
  // 16 bins of 10 and one of 20.
  expect(densityOf(counts)[20]).toBeCloseTo(180 / 17, 9);
  expect(densityOf(counts)[11]).toBe(10);
});

test('chance is averaged: of 17 bins a deviation of 1 / sqrt(17)', () => {
  const { normal } = random(3);
  const counts = Float64Array.from({ length: 20000 }, () => 1000 + 30 * normal());
  const density = densityOf(counts);
  const mean = density.reduce((a, b) => a + b) / density.length;
  const variance = density.reduce((sum, x) => sum + (x - mean) ** 2, 0) / density.length;
  expect(mean).toBeCloseTo(1000, -1);
  expect(Math.sqrt(variance)).toBeGreaterThan(6);
  expect(Math.sqrt(variance)).toBeLessThan(9);
});

test('a lone number far out is itself', () => {
  const counts = new Float64Array(500);
  counts.fill(50, 0, 100);
  counts[499] = 1;
  expect(densityOf(counts)[499]).toBe(1);
});

test('sums before each index', () => {
  expect([...sumsBefore(Float64Array.of(1, 2, 4))]).toEqual([0, 1, 3, 7]);
});
