import { describe, expect, test } from 'vitest';
import { backward } from '../../../src/autodiff/index.ts';
import { type AttributeInput, float, type GraphBuilder, type Value } from '../../../src/ir/index.ts';
import { createBuilder, ops } from '../../../src/ops/index.ts';
import {
  awayFrom,
  distinct,
  type GradientCase,
  worstGradientError,
} from '../../support/finite-differences.ts';
import { gradientCases } from './cases/gradients.ts';

const op =
  (type: string, attributes: Record<string, AttributeInput> = {}) =>
  (g: GraphBuilder, inputs: Value[]): Value =>
    g.op(type, inputs, attributes);

const positive = (size: number): Float32Array => awayFrom([0])(size).map((v) => Math.abs(v) + 0.5);

const conv = (
  name: string,
  shapes: number[][],
  attributes: Record<string, AttributeInput> = {},
): GradientCase => ({
  name: `Conv ${name}`,
  shapes: [...shapes, [shapes[1]![0]!]],
  build: op('Conv', attributes),
});

const transposed = (
  name: string,
  [x, w]: [number[], number[]],
  attributes: Record<string, AttributeInput> = {},
): GradientCase => ({
  name: `ConvTranspose ${name}`,
  shapes: [x, w, [w[1]! * Number(attributes.group ?? 1)]],
  build: op('ConvTranspose', attributes),
});

const cases: GradientCase[] = [
  ...gradientCases,
  transposed('3x3', [
    [2, 4, 4, 5],
    [4, 3, 3, 3],
  ]),
  transposed('1x1', [
    [2, 4, 3, 3],
    [4, 3, 1, 1],
  ]),
  transposed(
    'stride 2, pads and output padding',
    [
      [2, 3, 4, 3],
      [3, 4, 3, 3],
    ],
    { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
  ),
  transposed(
    'uneven pads, dilated',
    [
      [2, 3, 5, 4],
      [3, 2, 3, 2],
    ],
    { dilations: [2, 1], pads: [1, 0, 2, 1] },
  ),
  transposed(
    'grouped',
    [
      [2, 4, 4, 4],
      [4, 3, 3, 3],
    ],
    { group: 2, strides: [2, 1] },
  ),
  transposed(
    'depthwise',
    [
      [2, 4, 4, 4],
      [4, 1, 3, 3],
    ],
    { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] },
  ),
  transposed(
    'one axis',
    [
      [2, 3, 6],
      [3, 4, 4],
    ],
    { strides: [3] },
  ),
  conv(
    '3x3 same',
    [
      [2, 4, 7, 6],
      [6, 4, 3, 3],
    ],
    { pads: [1, 1, 1, 1] },
  ),
  conv(
    '3x3 stride 2',
    [
      [2, 4, 8, 7],
      [6, 4, 3, 3],
    ],
    { pads: [1, 1, 1, 1], strides: [2, 2] },
  ),
  conv(
    '3x3 stride 2, uneven pads',
    [
      [2, 4, 8, 8],
      [6, 4, 3, 3],
    ],
    { pads: [0, 0, 1, 1], strides: [2, 2] },
  ),
  conv(
    '3x3 pads wider than the kernel',
    [
      [1, 2, 4, 4],
      [3, 2, 2, 2],
    ],
    { pads: [2, 2, 2, 2] },
  ),
  conv(
    '3x3 dilation 2',
    [
      [2, 3, 9, 9],
      [4, 3, 3, 3],
    ],
    { pads: [2, 2, 2, 2], dilations: [2, 2] },
  ),
  conv(
    '5x3 stride 2x1, dilation 1x2',
    [
      [2, 3, 11, 10],
      [4, 3, 5, 3],
    ],
    { pads: [2, 1, 2, 1], strides: [2, 1], dilations: [1, 2] },
  ),
  conv(
    '7x7 stride 2',
    [
      [1, 3, 16, 16],
      [4, 3, 7, 7],
    ],
    { pads: [3, 3, 3, 3], strides: [2, 2] },
  ),
  conv(
    'auto_pad SAME_UPPER',
    [
      [1, 2, 5, 5],
      [3, 2, 3, 3],
    ],
    { auto_pad: 'SAME_UPPER', strides: [2, 2] },
  ),
  conv('1x1', [
    [2, 5, 4, 4],
    [7, 5, 1, 1],
  ]),
  conv(
    '1x1 stride 2',
    [
      [2, 5, 5, 5],
      [7, 5, 1, 1],
    ],
    { strides: [2, 2] },
  ),
  conv(
    'groups',
    [
      [2, 4, 6, 6],
      [6, 2, 3, 3],
    ],
    { group: 2, pads: [1, 1, 1, 1] },
  ),
  conv(
    'groups stride 2',
    [
      [2, 4, 7, 6],
      [6, 2, 3, 3],
    ],
    { group: 2, pads: [1, 1, 1, 1], strides: [2, 2] },
  ),
  conv(
    'depthwise',
    [
      [2, 6, 7, 6],
      [6, 1, 3, 3],
    ],
    { group: 6, pads: [1, 1, 1, 1] },
  ),
  conv(
    'depthwise stride 2',
    [
      [2, 6, 8, 7],
      [6, 1, 3, 3],
    ],
    { group: 6, pads: [1, 1, 1, 1], strides: [2, 2] },
  ),
  conv(
    'depthwise stride 3 without pads',
    [
      [1, 3, 8, 8],
      [3, 1, 3, 3],
    ],
    { group: 3, strides: [3, 3] },
  ),
  conv(
    'depthwise dilation 2',
    [
      [2, 6, 9, 9],
      [6, 1, 3, 3],
    ],
    { group: 6, pads: [2, 2, 2, 2], dilations: [2, 2] },
  ),
  conv(
    'depthwise with multiplier 2',
    [
      [2, 4, 6, 6],
      [8, 1, 3, 3],
    ],
    { group: 4, pads: [1, 1, 1, 1] },
  ),
  conv(
    '1-D',
    [
      [2, 3, 9],
      [4, 3, 3],
    ],
    { pads: [1, 1], strides: [2] },
  ),
  conv('3-D', [
    [1, 2, 4, 4, 4],
    [3, 2, 2, 2, 2],
  ]),
  { name: 'Gemm transB', shapes: [[3, 5], [4, 5], [4]], build: op('Gemm', { transB: 1 }) },
  {
    name: 'Gemm',
    shapes: [
      [3, 5],
      [5, 4],
      [3, 1],
    ],
    build: op('Gemm'),
  },
  {
    name: 'Gemm alpha beta transA',
    shapes: [[5, 3], [5, 4], [4]],
    build: op('Gemm', { transA: 1, alpha: float(0.5), beta: float(2) }),
  },
  {
    name: 'Gemm transA transB',
    shapes: [
      [5, 3],
      [4, 5],
    ],
    build: op('Gemm', { transA: 1, transB: 1 }),
  },
  {
    name: 'MatMul',
    shapes: [
      [3, 5],
      [5, 4],
    ],
    build: op('MatMul'),
  },
  {
    name: 'MatMul batched, broadcast',
    shapes: [
      [2, 3, 4, 5],
      [5, 6],
    ],
    build: op('MatMul'),
  },
  {
    name: 'MatMul batched',
    shapes: [
      [2, 1, 4, 5],
      [3, 5, 6],
    ],
    build: op('MatMul'),
  },
  { name: 'MatMul vector', shapes: [[5], [5, 6]], build: op('MatMul') },
  { name: 'MatMul by vector', shapes: [[2, 4, 5], [5]], build: op('MatMul') },
  {
    name: 'Add broadcast',
    shapes: [
      [2, 3, 4, 5],
      [1, 3, 1, 1],
    ],
    build: op('Add'),
  },
  {
    name: 'Sub broadcast',
    shapes: [
      [2, 3],
      [4, 2, 3],
    ],
    build: op('Sub'),
  },
  {
    name: 'Mul broadcast',
    shapes: [
      [2, 3, 4, 5],
      [3, 1, 1],
    ],
    build: op('Mul'),
  },
  { name: 'Div', shapes: [[2, 3], [3]], build: op('Div'), data: { 1: positive } },
  { name: 'Relu', shapes: [[4, 30]], build: op('Relu'), data: { 0: awayFrom([0]) } },
  {
    name: 'LeakyRelu',
    shapes: [[4, 30]],
    build: op('LeakyRelu', { alpha: float(0.2) }),
    data: { 0: awayFrom([0]) },
  },
  {
    name: 'Clip',
    shapes: [[4, 30]],
    build: (g, [x]) => g.op('Clip', [x, g.scalar(0), g.scalar(6)]),
    data: { 0: awayFrom([0, 6], 9) },
  },
  {
    name: 'Clip without a minimum',
    shapes: [[4, 30]],
    build: (g, [x]) => g.op('Clip', [x, undefined, g.scalar(0.5)]),
    data: { 0: awayFrom([0.5]) },
  },
  { name: 'Sigmoid', shapes: [[4, 30]], build: op('Sigmoid') },
  { name: 'Tanh', shapes: [[4, 30]], build: op('Tanh') },
  {
    name: 'HardSigmoid',
    shapes: [[4, 30]],
    build: op('HardSigmoid', { alpha: float(0.25) }),
    data: { 0: awayFrom([-2, 2], 4) },
  },
  { name: 'HardSwish', shapes: [[4, 30]], build: op('HardSwish'), data: { 0: awayFrom([-3, 3], 5) } },
  { name: 'Softmax', shapes: [[4, 7]], build: op('Softmax', { axis: -1 }) },
  { name: 'Softmax over axis 1', shapes: [[2, 3, 4]], build: op('Softmax', { axis: 1 }) },
  { name: 'LogSoftmax', shapes: [[4, 7]], build: op('LogSoftmax', { axis: -1 }) },
  {
    name: 'MaxPool 2x2',
    shapes: [[2, 3, 6, 8]],
    build: op('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }),
    data: { 0: distinct },
  },
  {
    name: 'MaxPool 3x3, overlapping',
    shapes: [[2, 3, 7, 8]],
    build: op('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    data: { 0: distinct },
  },
  {
    name: 'AveragePool 2x2',
    shapes: [[2, 3, 6, 8]],
    build: op('AveragePool', { kernel_shape: [2, 2], strides: [2, 2] }),
  },
  {
    name: 'AveragePool 3x3 with pads',
    shapes: [[2, 3, 7, 8]],
    build: op('AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
  {
    name: 'AveragePool counting pads',
    shapes: [[2, 3, 7, 8]],
    build: op('AveragePool', {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
  },
  {
    name: 'AveragePool ceil_mode',
    shapes: [[1, 2, 6, 6]],
    build: op('AveragePool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  },
  { name: 'GlobalAveragePool', shapes: [[2, 3, 7, 8]], build: op('GlobalAveragePool') },
  {
    name: 'BatchNormalization',
    shapes: [[4, 3, 5, 6], [3], [3], [3], [3]],
    build: op('BatchNormalization', { epsilon: float(1e-3) }),
    data: { 4: positive },
    skip: [3, 4],
  },
  {
    name: 'Concat',
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    build: op('Concat', { axis: 1 }),
  },
  { name: 'Flatten', shapes: [[2, 3, 4]], build: op('Flatten', { axis: 1 }) },
  { name: 'Reshape', shapes: [[2, 3, 4]], build: (g, [x]) => g.op('Reshape', [x, g.int64s([4, -1])]) },
  { name: 'Transpose', shapes: [[2, 3, 4, 5]], build: op('Transpose', { perm: [0, 2, 3, 1] }) },
  { name: 'Squeeze', shapes: [[2, 1, 4]], build: (g, [x]) => g.op('Squeeze', [x, g.int64s([1])]) },
  { name: 'Unsqueeze', shapes: [[2, 4]], build: (g, [x]) => g.op('Unsqueeze', [x, g.int64s([0, -1])]) },
  { name: 'Pad', shapes: [[2, 3, 4]], build: (g, [x]) => g.op('Pad', [x, g.int64s([0, 1, 2, 0, 0, 1])]) },
  {
    name: 'Slice',
    shapes: [[4, 6, 5]],
    build: (g, [x]) =>
      g.op('Slice', [x, g.int64s([1, 4]), g.int64s([4, 0]), g.int64s([0, 1]), g.int64s([2, -1])]),
  },
  { name: 'Identity', shapes: [[3, 4]], build: op('Identity') },
  { name: 'Dropout', shapes: [[3, 4]], build: op('Dropout') },
  { name: 'Cast', shapes: [[3, 4]], build: op('Cast', { to: 1 }) },
  {
    name: 'ReduceMean',
    shapes: [[2, 3, 4]],
    build: (g, [x]) => g.op('ReduceMean', [x, g.int64s([0, 2])], { keepdims: 0 }),
  },
  { name: 'ReduceMean over all', shapes: [[2, 3]], build: op('ReduceMean', { keepdims: 0 }) },
  {
    name: 'ReduceSum',
    shapes: [[2, 3, 4]],
    build: (g, [x]) => g.op('ReduceSum', [x, g.int64s([-1])], { keepdims: 1 }),
  },
  { name: 'Exp', shapes: [[3, 4]], build: op('Exp') },
  { name: 'Log', shapes: [[3, 4]], build: op('Log'), data: { 0: positive } },
  { name: 'Sqrt', shapes: [[3, 4]], build: op('Sqrt'), data: { 0: positive } },
  { name: 'Reciprocal', shapes: [[3, 4]], build: op('Reciprocal'), data: { 0: positive } },
  { name: 'Neg', shapes: [[3, 4]], build: op('Neg') },
  {
    name: 'a value with several uses',
    shapes: [[3, 4]],
    build: (g, [x]) => g.op('Mul', [g.op('Add', [x, g.op('Sigmoid', [x])]), x]),
  },
];

describe('gradients equal finite differences run by onnxruntime', () => {
  test.each(cases)('$name', async (gradientCase) => {
    expect(await worstGradientError(gradientCase)).toBeLessThan(1e-2);
  });

  test('every operator that has a gradient is in the list', () => {
    const tested = new Set(cases.map((c) => c.name.split(' ')[0]));
    const names = ops.filter((o) => o.grad).map((o) => (o.domain ? `${o.domain}.${o.type}` : o.type));
    const untested = names.filter((name) => !tested.has(name));
    expect(untested).toEqual([]);
  });

  test('a wrong gradient is caught', async () => {
    const wrong = ops.find((o) => o.type === 'Tanh') as { grad: (typeof ops)[number]['grad'] };
    const right = wrong.grad!;
    wrong.grad = (context) =>
      right(context).map((dx) => dx && context.g.op('Mul', [dx, context.g.scalar(0.9)]));
    try {
      const error = await worstGradientError({ name: 'wrong', shapes: [[3, 5]], build: op('Tanh') });
      expect(error).toBeGreaterThan(0.05);
    } finally {
      wrong.grad = right;
    }
  });
});

test('MaxPool with column-major indices has no gradient, rather than a wrong one', () => {
  const g = createBuilder();
  const x = g.input('x', 'float32', [1, 1, 4, 4]);
  const y = g.op('MaxPool', [x], { kernel_shape: [2, 2], storage_order: 1 });
  const loss = g.op('ReduceSum', [y], { keepdims: 0 });
  expect(() => backward(g, loss, [x])).toThrow(/storage_order/);
});
