import { expect, test } from 'vitest';
import type { Model, Tensor } from '../../../../src/ir/index.ts';
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  relu,
  sequential,
} from '../../../../src/layers/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { hasStatistics } from '../../../../src/prune/batch-norm/reestimate-normalizations.ts';
import { reestimateNormalizations } from '../../../../src/prune/index.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { stripes } from '../../train/stripes.ts';
import { numbersOf, smallNet, withNumbers } from '../net.ts';

const data = stripes({ side: 4, count: 64 });
const layers = () => [conv2d(4, 3), batchNormalization(), relu(), conv2d(3, 3), batchNormalization()];
const net = () => sequential([1, 4, 4], [...layers(), relu(), flatten(), dense(2)], { seed: 3 });

/** Exact mean and biased variance of what comes into a normalization, over a batch. */
async function exact(
  model: Model,
  norm: string,
  images: Tensor,
): Promise<{ mean: number[]; variance: number[] }> {
  const copy = model.clone();
  const node = copy.graph.nodes.find(({ name }) => name === norm)!;
  const value = node.input(0);
  copy.graph.outputs.push(value);
  const session = await InferenceSession.create(writeModel(copy));
  const { [value.name]: found } = await session.run({ input: images });
  await session.release();
  const [count, channels, ...sizes] = found!.shape as [number, number, number, number];
  const area = sizes[0] * sizes[1];
  const of = (c: number) =>
    [...(found!.data as Float32Array)].filter((_, i) => Math.floor(i / area) % channels === c);
  const mean = Array.from({ length: channels }, (_, c) => of(c).reduce((a, b) => a + b, 0) / (count * area));
  const variance = mean.map((m, c) => of(c).reduce((a, b) => a + (b - m) ** 2, 0) / (count * area));
  return { mean, variance };
}

const close = (found: Float32Array, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]! / value).toBeCloseTo(1, 4);
};

test('one batch: the exact statistics of it, each normalization fed by the ones before it with theirs', async () => {
  const { model, count, samples } = await reestimateNormalizations(net(), data);
  expect({ count, samples }).toEqual({ count: 4, samples: 64 });
  for await (const { images } of data.batches('train', { batchSize: 64 })) {
    const first = await exact(net(), 'norm1', images as Tensor);
    close(numbersOf(model, 'norm1.running_mean'), first.mean);
    close(numbersOf(model, 'norm1.running_var'), first.variance);
    const normalized = withNumbers(
      withNumbers(net(), 'norm1.running_mean', Float32Array.from(first.mean)),
      ...(['norm1.running_var', Float32Array.from(first.variance)] as const),
    );
    const second = await exact(normalized, 'norm2', images as Tensor);
    close(numbersOf(model, 'norm2.running_mean'), second.mean);
    close(numbersOf(model, 'norm2.running_var'), second.variance);
  }
  for (const name of ['conv1.weight', 'norm1.weight', 'norm2.bias', 'dense1.weight'])
    expect(numbersOf(model, name)).toEqual(numbersOf(net(), name));
});

test('several batches: the means of their statistics', async () => {
  const { model } = await reestimateNormalizations(net(), data, { batchSize: 16, samples: 32, seed: 4 });
  const all: { mean: number[]; variance: number[] }[] = [];
  for await (const { images } of data.batches('train', { batchSize: 16, shuffle: 4, dropLast: true }))
    if (all.length < 2) all.push(await exact(net(), 'norm1', images as Tensor));
  for (const key of ['mean', 'variance'] as const)
    close(
      numbersOf(model, `norm1.running_${key === 'mean' ? key : 'var'}`),
      all[0]![key].map((value, c) => (value + all[1]![key][c]!) / 2),
    );
});

test('a model without running statistics stays, an interruption stops', async () => {
  const plain = sequential([1, 4, 4], [flatten(), dense(2)]);
  expect(hasStatistics(plain)).toBe(false);
  expect(await reestimateNormalizations(plain, data)).toEqual({ model: plain, count: 0, samples: 0 });
  const controller = new AbortController();
  const work = reestimateNormalizations(smallNet(), data, {
    ...{ batchSize: 8, signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
  });
  await expect(work).rejects.toThrow('enough');
});
