import { expect, test } from 'vitest';
import { mulberry32, shuffledIndices } from '../../../src/data/index.ts';

test('gives the published sequence of mulberry32', () => {
  const random = mulberry32(0);
  expect(random()).toBe(0.26642920868471265);
  expect(random()).toBe(0.0003297457005828619);
});

test('shuffles every index to a place that depends on the seed alone', () => {
  const a = shuffledIndices(1000, 7);
  expect([...a].sort((x, y) => x - y)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(a).toEqual(shuffledIndices(1000, 7));
  expect(a).not.toEqual(shuffledIndices(1000, 8));
  expect(a.filter((index, i) => index === i).length).toBeLessThan(10);
});
