import { expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { partsOf, samplesOf, slicesFor } from '../../../src/quantize/slices.ts';
import { lenet } from './build.ts';

const feeds = {
  x: Tensor.of(
    'float32',
    Array.from({ length: 10 }, (_, i) => i),
    [5, 2],
  ),
  length: Tensor.of('int64', [4, 3, 2, 1, 0], [5]),
};

test('parts have all samples of all inputs in order, in the same memory', () => {
  const parts = partsOf(feeds, 2);
  expect(parts.map(samplesOf)).toEqual([2, 2, 1]);
  expect(parts.flatMap(({ x }) => x!.toNumbers())).toEqual(feeds.x.toNumbers());
  expect(parts.flatMap(({ length }) => length!.toNumbers())).toEqual([4, 3, 2, 1, 0]);
  expect(parts.every(({ x }) => x!.bytes.buffer === feeds.x.bytes.buffer)).toBe(true);
});

test('a batch that fits is left as it is', () => {
  expect(partsOf(feeds, 5)).toEqual([feeds]);
  expect(partsOf(feeds, Infinity)[0]).toBe(feeds);
  expect(partsOf({}, 1)).toEqual([{}]);
});

test('slices are whole: what is left over goes', () => {
  expect(slicesFor(lenet(), [feeds, feeds], 2).map(samplesOf)).toEqual([2, 2, 2, 2]);
});
