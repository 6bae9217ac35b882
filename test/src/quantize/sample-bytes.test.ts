import { expect, test } from 'vitest';
import { cacheableSamples, sampleBytes } from '../../../src/quantize/sample-bytes.ts';
import { batches, build, lenet } from './build.ts';

const batchOf = (shape: number[]) => batches(shape, 1)[0]!;

test('a convolutional network runs in parts; its largest value is the first feature map', () => {
  const bytes = sampleBytes(lenet(), ['x', 'scores'], batchOf([8, 1, 12, 12]))!;
  expect(bytes).toEqual({ largest: 4 * 8 * 12 * 12, wanted: 4 * (144 + 10) });
});

test('one sample is no batch to part', () => {
  expect(sampleBytes(lenet(), [], batchOf([1, 1, 12, 12]))).toBeUndefined();
});

const refused = {
  'a batch that the model fixes': build(({ b }) => {
    b.output(b.op('Relu', [b.input('x', 'float32', [8, 3])]), 'y');
  }),
  'a mean over the batch': build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 3]);
    b.output(b.op('ReduceMean', [x], { axes: [0], keepdims: 1 }), 'y');
  }),
  'samples that become rows': build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 3]);
    b.output(b.op('Transpose', [x], { perm: [1, 0] }), 'y');
  }),
  'a shape that holds the batch': build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 3]);
    b.output(b.op('Reshape', [x, b.int64s([8, 3])]), 'y');
  }),
};

test.each(Object.entries(refused))('%s: not in parts', (_, model) => {
  expect(sampleBytes(model, [], batchOf([8, 3]))).toBeUndefined();
  expect(cacheableSamples(model, batchOf([8, 3]))).toBe(Infinity);
});
