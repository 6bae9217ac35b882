import { expect, test } from 'vitest';
import { Tensor, type Value } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, build, lenet, optimizedOps } from './build.ts';
import { described } from './described.ts';

const digits = batches([8, 1, 12, 12]);

test.each([
  ['Relu', {}],
  ['Clip', {}],
  ['Relu', { perChannel: false }],
  ['Relu', { reduceRange: true }],
  ['Relu', { activations: 'int8' }],
] as const)(
  'onnxruntime runs every layer of a LeNet with %s in int8, options %j',
  async (activation, options) => {
    const { model, report } = await described(quantizeStatic(lenet(activation), digits, options));
    const ops = await optimizedOps(model);
    expect(ops).toMatchObject({ QLinearConv: 2, QGemm: 2, QuantizeLinear: 1, DequantizeLinear: 1 });
    for (const float of ['Conv', 'FusedConv', 'Gemm', 'FusedGemm', 'Relu', 'Clip'])
      expect(ops).not.toHaveProperty(float);
    expect(report.left).toEqual([]);
    expect(report.quantizedNodes).toBe(10);
  },
);

test('a residual block runs in int8, its branches from one round trip', async () => {
  const model = build(({ b, weight }) => {
    const conv = (x: Value, name: string) =>
      b.op('Conv', [x, weight(name, [4, 4, 3, 3]), weight(`${name}_bias`, [4])], { pads: [1, 1, 1, 1] });
    const stem = b.op('Relu', [conv(b.input('x', 'float32', ['N', 4, 6, 6]), 'a')]);
    const sum = b.op('Add', [conv(b.op('Relu', [conv(stem, 'b')]), 'c'), stem]);
    b.output(b.op('GlobalAveragePool', [b.op('Relu', [sum])]), 'y');
  });
  const quantized = (await quantizeStatic(model, batches([2, 4, 6, 6]))).model;
  expect(quantized.graph.nodes.filter((node) => node.opType === 'QuantizeLinear')).toHaveLength(6);
  const ops = await optimizedOps(quantized);
  expect(ops).toMatchObject({ QLinearConv: 3, QLinearAdd: 1, QLinearGlobalAveragePool: 1 });
  expect(ops).not.toHaveProperty('Relu');
});

test('depthwise and grouped convolutions run in int8', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8, 6, 6]);
    const depthwise = b.op('Conv', [x, weight('d', [8, 1, 3, 3]), weight('db', [8])], { group: 8 });
    b.output(b.op('Conv', [depthwise, weight('g', [4, 4, 1, 1])], { group: 2 }), 'y');
  });
  const quantized = await quantizeStatic(model, batches([2, 8, 6, 6]));
  expect(await optimizedOps(quantized.model)).toMatchObject({ QLinearConv: 2 });
});

test('MatMul with a constant and Add of a constant run in int8', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    b.output(b.op('Add', [b.op('MatMul', [x, weight('w', [16, 4])]), weight('bias', [4])]), 'y');
  });
  const { model: quantized, report } = await described(quantizeStatic(model, batches([4, 16])));
  expect(report.left).toEqual([]);
  expect(await optimizedOps(quantized)).toMatchObject({ QLinearMatMul: 1, QLinearAdd: 1 });
});

test('a convolution, its batch normalization and its Clip run as one int8 operator', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 4, 6, 6]);
    const conv = b.op('Conv', [x, weight('w', [8, 4, 3, 3])]);
    const variance = b.initializer('variance', Tensor.of('float32', new Float32Array(8).fill(0.5)));
    const statistics = [weight('scale', [8]), weight('shift', [8]), weight('mean', [8]), variance];
    b.output(
      b.op('Clip', [b.op('BatchNormalization', [conv, ...statistics]), b.scalar(0), b.scalar(6)]),
      'y',
    );
  });
  const { model: quantized, report } = await described(quantizeStatic(model, batches([2, 4, 6, 6])));
  expect(report.left).toEqual([]);
  expect(await optimizedOps(quantized)).toEqual({ QuantizeLinear: 1, QLinearConv: 1, DequantizeLinear: 1 });
});
