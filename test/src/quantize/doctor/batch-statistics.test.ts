import { expect, test } from 'vitest';
import { float, Tensor } from '../../../../src/ir/index.ts';
import { BatchStatistics } from '../../../../src/quantize/doctor/batch-statistics.ts';
import { random } from '../../../../src/random.ts';
import { build } from '../build.ts';
import { channelStatistics } from './trained.ts';

/** A BatchNormalization of the input. */
const normOf = (rest: (string | number)[], opset: number) => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 3, ...rest]);
    const vector = (name: string, numbers: number[]) => b.initializer(name, Tensor.of('float32', numbers));
    const parameters = [vector('scale', [1, 2, 3]), vector('shift', [0, 0, 0])];
    const statistics = [vector('mean', [1, 2, 3]), vector('variance', [4, 9, 16])];
    b.output(b.op('BatchNormalization', [x, ...parameters, ...statistics], { epsilon: float(0) }), 'y');
  });
  model.opsets.set('', opset);
  return model;
};

test.each([
  { size: [5, 4], opset: 21 },
  { size: [5, 4], opset: 13 },
  { size: [5, 4], opset: 11 },
  { size: [7], opset: 17 },
  { size: [], opset: 18 },
])('rank 2 + $size.length, opset $opset: the channels of all batches', async ({ size, opset }) => {
  const { normal } = random(2);
  const plane = size.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: 6 * 3 * plane }, () => 2 + normal());
  const model = normOf(
    size.map((_, i) => `D${i}`),
    opset,
  );
  const statistics = (await BatchStatistics.create(model))!;
  const cut = 4 * 3 * plane;
  await statistics.observe({ x: Tensor.of('float32', data.subarray(0, cut), [4, 3, ...size]) });
  await statistics.observe({ x: Tensor.of('float32', data.subarray(cut), [2, 3, ...size]) });
  const [match] = statistics.matches;
  await statistics.release();
  const expected = channelStatistics(Tensor.of('float32', data, [6, 3, ...size]));
  match!.channels.forEach((channel, c) => {
    expect(channel.mean).toBeCloseTo(expected.mean[c]!, 5);
    expect(channel.deviation).toBeCloseTo(Math.sqrt(expected.variance[c]!), 4);
    expect([channel.trainedMean, channel.trainedDeviation]).toEqual([c + 1, c + 2]);
  });
  // Of samples that do not depend on each other: deviation of their means / sqrt(n - 1).
  const means = Array.from({ length: 6 }, (_, s) => {
    const own = data.subarray(s * 3 * plane, s * 3 * plane + plane);
    return own.reduce((a, b) => a + b) / plane;
  });
  const middle = means.reduce((a, b) => a + b) / 6;
  const error = Math.sqrt(means.reduce((sum, m) => sum + (m - middle) ** 2, 0) / 6 / 5);
  expect(match!.channels[0]!.error).toBeCloseTo(error, 5);
});

test('a model without batch normalization has nothing to compare', async () => {
  const model = build(({ b }) => b.output(b.op('Relu', [b.input('x', 'float32', ['N', 3])]), 'y'));
  expect(await BatchStatistics.create(model)).toBeUndefined();
});
