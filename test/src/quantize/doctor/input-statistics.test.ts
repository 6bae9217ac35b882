import { expect, test } from 'vitest';
import { Tensor } from '../../../../src/ir/index.ts';
import { FeedStatistics } from '../../../../src/quantize/doctor/input-statistics.ts';

const batch = (...samples: number[][]) => ({
  x: Tensor.of('float32', samples.flat(), [samples.length, 2]),
});

test('range and wholeness of all batches', () => {
  const statistics = new FeedStatistics();
  statistics.add(batch([0, 255], [3, 4]));
  expect(statistics.inputs).toEqual([
    { name: 'x', min: 0, max: 255, whole: true, mean: 65.5, deviation: expect.closeTo(109.42, 2) },
  ]);
  statistics.add(batch([-1, 0.5]));
  expect(statistics.inputs).toMatchObject([{ name: 'x', min: -1, max: 255, whole: false, mean: 261.5 / 6 }]);
});

test('the same sample counts once, in whatever batch', () => {
  const statistics = new FeedStatistics();
  statistics.add(batch([1, 2], [2, 1]));
  statistics.add(batch([1, 2], [1, 2]));
  expect([statistics.samples, statistics.different]).toEqual([4, 2]);
});

test('samples of several inputs differ if one of them does', () => {
  const statistics = new FeedStatistics();
  const mask = Tensor.of('int64', [0, 1], [2, 1]);
  statistics.add({ ...batch([1, 2], [1, 2]), mask });
  expect(statistics.different).toBe(2);
});
