import { describe, expect, test } from 'vitest';
import { type Model, Tensor, type Value } from '../../../../src/ir/index.ts';
import { absorbBiases } from '../../../../src/quantize/repair/index.ts';
import { batches, build, run, type TestBuilder } from '../build.ts';
import { largestDifference } from './nets.ts';

const image = batches([4, 3, 8, 8]);

/** A convolution whose biases put some channels far above 0, an activation, and a layer that reads it. */
const net = (write: (t: TestBuilder, x: Value) => unknown, biases = [9, 0, 6, -3, 12]): Model =>
  build((t) => {
    const { b, weight } = t;
    const bias = b.initializer('b1', Tensor.of('float32', biases));
    write(t, b.op('Conv', [b.input('x', 'float32', [4, 3, 8, 8]), weight('w1', [5, 3, 3, 3]), bias]));
  });
const conv = (t: TestBuilder, x: Value, pads = [0, 0, 0, 0]) =>
  t.b.output(t.b.op('Conv', [x, t.weight('w2', [4, 5, 3, 3]), t.weight('b2', [4])], { pads }), 'y');
const first = (model: Model) => model.graph.initializers.get('b1')!.tensor!.toNumbers();

describe('where no value lies below what moves, the function stays the same', () => {
  test.each([
    ['Relu', (t: TestBuilder, x: Value) => conv(t, t.b.op('Relu', [x]))],
    ['nothing', (t: TestBuilder, x: Value) => conv(t, x)],
    ['LeakyRelu', (t: TestBuilder, x: Value) => conv(t, t.b.op('LeakyRelu', [x]))],
    [
      'Add and Relu',
      (t: TestBuilder, x: Value) => conv(t, t.b.op('Relu', [t.b.op('Add', [x, t.weight('a', [5, 1, 1])])])),
    ],
    [
      'MaxPool with borders',
      (t: TestBuilder, x: Value) =>
        conv(t, t.b.op('MaxPool', [t.b.op('Relu', [x])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })),
    ],
    [
      'Flatten, to a Gemm without bias',
      (t: TestBuilder, x: Value) => {
        const flat = t.b.op('Flatten', [t.b.op('Relu', [x])]);
        t.b.output(t.b.op('Gemm', [flat, t.weight('w2', [180, 4])]), 'y');
      },
    ],
  ] as const)('%s', async (_name, write) => {
    const model = net(write);
    const { model: absorbed, report } = await absorbBiases(model, { calibration: image, sigmas: 5 });
    expect(report.rows[0]).toMatchObject({ channels: 3, cut: 0, note: '' });
    expect(report.rows[0]!.after).toBeLessThan(0.6 * Number(report.rows[0]!.before));
    expect(first(absorbed)[0]).toBeLessThan(first(model)[0]! - 2);
    expect(first(absorbed)[3]).toBe(first(model)[3]);
    for (const feeds of image)
      expect(largestDifference(await run(model, feeds), await run(absorbed, feeds))).toBeLessThan(1e-5);
  });
});

test('what lies below is lost; the report counts the channels and measures the outputs', async () => {
  const model = net((t, x) => conv(t, t.b.op('Relu', [x])));
  const { model: absorbed, report } = await absorbBiases(model, { calibration: image, sigmas: 0 });
  expect(report.rows[0]).toMatchObject({ cut: report.rows[0]!.channels });
  const difference = largestDifference(await run(model, image[0]!), await run(absorbed, image[0]!));
  expect(difference).toBeGreaterThan(1e-3);
  expect(report.title).toMatch(/float outputs before to after: \d+\.\d dB$/);
  await expect(absorbBiases(model, { calibration: image, sigmas: -1 })).rejects.toThrow(
    'must be 0 or more, were -1',
  );
});

test.each([
  [
    'zeros around',
    (t: TestBuilder, x: Value) => conv(t, t.b.op('Relu', [x]), [1, 1, 1, 1]),
    'pads with zeros',
  ],
  [
    'ReLU6',
    (t: TestBuilder, x: Value) => conv(t, t.b.op('Clip', [x, t.b.scalar(0), t.b.scalar(6)])),
    'does not come out as it went in',
  ],
  [
    'Mul',
    (t: TestBuilder, x: Value) => conv(t, t.b.op('Mul', [t.b.op('Relu', [x]), t.weight('m', [5, 1, 1])])),
    'does not come out as it went in',
  ],
  [
    'MatMul',
    (t: TestBuilder, x: Value) =>
      t.b.output(t.b.op('MatMul', [t.b.op('Flatten', [t.b.op('Relu', [x])]), t.weight('w2', [180, 4])]), 'y'),
    'MatMul takes no bias',
  ],
] as const)('%s is left, and the report says why', async (_name, write, reason) => {
  const model = net(write);
  const { model: same, report } = await absorbBiases(model, { calibration: image });
  expect(report.rows.find(({ next }) => next)!.note).toContain(reason);
  expect(first(same)).toEqual(first(model));
});

test('borders can be ignored: then only they change', async () => {
  const model = net((t, x) => conv(t, t.b.op('Relu', [x]), [1, 1, 1, 1]));
  const { model: absorbed } = await absorbBiases(model, { calibration: image, borders: 'ignore', sigmas: 5 });
  const [x, y] = [
    (await run(model, image[0]!)).y!.toNumbers(),
    (await run(absorbed, image[0]!)).y!.toNumbers(),
  ];
  const isBorder = (i: number) => [0, 5].includes(i % 6) || [0, 5].includes(Math.floor(i / 6) % 6);
  const errors = x.map((value, i) => Math.abs(value - y[i]!));
  expect(Math.max(...errors.filter((_, i) => !isBorder(i)))).toBeLessThan(1e-4);
  expect(Math.max(...errors.filter((_, i) => isBorder(i)))).toBeGreaterThan(0.1);
});
