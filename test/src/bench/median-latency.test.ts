import { expect, test } from 'vitest';
import { medianLatency } from '../../../src/bench/index.ts';
import { conv2d, dense, flatten, sequential } from '../../../src/layers/index.ts';

const small = sequential([4], [dense(2)]);
const large = sequential([8, 32, 32], [conv2d(64, 3), conv2d(64, 3), flatten(), dense(2)]);

test('a model of 5 million times the work takes longer', async () => {
  const quick = { minTime: 30 };
  const [least, most] = [await medianLatency(small, quick), await medianLatency(large, quick)];
  expect(least).toBeGreaterThan(0);
  expect(most).toBeGreaterThan(2 * least);
});

test('stops when aborted', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(medianLatency(small, { signal })).rejects.toThrow('enough');
});

test('names an input that is not there', async () => {
  await expect(medianLatency(small, { shapes: { other: [1, 4] } })).rejects.toThrow(/input.*'other'/);
});
