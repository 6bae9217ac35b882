import { Tensor } from '../../../../src/ir/index.ts';
import { fed, ints, type OpCase } from '../../../support/one-node.ts';

const same = { auto_pad: 'SAME_UPPER' };
const k3 = { kernel_shape: [3, 3] };

const conv = (x: number[], w: number[], attributes = {}): OpCase => ({
  op: 'Conv',
  inputs: [x, w],
  attributes,
});
const pool = (op: string, x: number[], attributes: object, more: Partial<OpCase> = {}): OpCase => ({
  op,
  inputs: [x],
  attributes: attributes as OpCase['attributes'],
  ...more,
});
const transposed = (x: number[], w: number[], attributes = {}): OpCase => ({
  op: 'ConvTranspose',
  inputs: [x, w],
  attributes,
});

const pooling = ['MaxPool', 'AveragePool'].flatMap((op) => [
  pool(op, [1, 2, 8, 8], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool(op, [1, 2, 7, 9], { ...k3, strides: [2, 2], pads: [1, 1, 1, 1] }),
  pool(op, [1, 2, 7, 9], { ...k3, strides: [2, 2], pads: [0, 1, 1, 0] }),
  pool(op, [1, 2, 6, 5], { ...k3, strides: [2, 2], ceil_mode: 1 }),
  pool(op, [1, 2, 4, 4], { kernel_shape: [1, 1], strides: [3, 3], ceil_mode: 1 }),
  pool(op, [1, 1, 5, 4], { kernel_shape: [2, 2], strides: [3, 3], pads: [0, 0, 1, 1], ceil_mode: 1 }),
  pool(op, [1, 1, 5, 4], { kernel_shape: [2, 2], strides: [3, 4], pads: [1, 1, 1, 1], ceil_mode: 1 }),
  pool(op, [1, 2, 5, 6], { ...k3, strides: [2, 2], auto_pad: 'VALID' }),
  pool(op, [1, 2, 5, 6], { ...k3, strides: [2, 2], ...same }),
  pool(op, [1, 2, 5, 6], { ...k3, strides: [2, 3], auto_pad: 'SAME_LOWER' }),
  pool(op, [1, 2, 9, 9], { ...k3, dilations: [2, 3] }),
  pool(op, [1, 2, 9, 9], { ...k3, dilations: [2, 3], strides: [2, 2], ceil_mode: 1 }),
  pool(op, [1, 3, 10], { kernel_shape: [4], strides: [3] }),
  pool(op, [1, 3, 4, 6, 5], { kernel_shape: [2, 3, 2], strides: [1, 2, 2] }),
]);

export const windowCases: OpCase[] = [
  conv([1, 3, 8, 8], [4, 3, 3, 3]),
  conv([2, 3, 8, 7], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  conv([2, 3, 8, 7], [4, 3, 3, 3], { pads: [0, 1, 1, 0], strides: [2, 2], ...k3 }),
  conv([1, 3, 9, 9], [4, 3, 3, 3], { dilations: [2, 3], pads: [1, 2, 1, 2] }),
  conv([1, 4, 8, 8], [6, 2, 3, 3], { group: 2 }),
  conv([1, 4, 8, 8], [8, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  conv([1, 3, 8, 9], [4, 3, 3, 3], { ...same, strides: [2, 2] }),
  conv([1, 3, 8, 9], [4, 3, 2, 4], { auto_pad: 'SAME_LOWER', strides: [3, 1] }),
  conv([1, 3, 8, 9], [4, 3, 1, 1], { ...same, strides: [3, 3] }),
  conv([1, 3, 8, 9], [4, 3, 3, 3], { auto_pad: 'VALID', strides: [2, 2] }),
  conv([1, 3, 10], [4, 3, 4], { strides: [3] }),
  conv([1, 2, 5, 6, 7], [3, 2, 2, 3, 4], { strides: [1, 2, 1] }),
  { op: 'Conv', inputs: [[1, 3, 5, 5], [4, 3, 3, 3], [4]] },
  transposed([1, 4, 5, 5], [4, 3, 3, 3]),
  transposed([1, 4, 5, 6], [4, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] }),
  transposed([1, 4, 5, 6], [4, 3, 3, 3], { strides: [3, 2], dilations: [2, 1], pads: [0, 1, 1, 0] }),
  transposed([1, 4, 5, 6], [4, 3, 3, 3], { strides: [2, 2], ...same }),
  transposed([1, 4, 5, 6], [4, 3, 5, 5], { strides: [2, 1], auto_pad: 'VALID' }),
  transposed([1, 4, 5, 5], [4, 2, 3, 3], { group: 2 }),
  transposed([1, 4, 5, 5], [4, 3, 3, 3], { strides: [2, 2], output_shape: [10, 10] }),
  transposed([1, 4, 7], [4, 3, 4], { strides: [2] }),
  transposed([1, 2, 3, 4, 5], [2, 3, 2, 2, 2], { strides: [2, 2, 2] }),
  ...pooling,
  pool('MaxPool', [1, 2, 8, 8], { kernel_shape: [2, 2], strides: [2, 2] }, { outputs: 2 }),
  pool('AveragePool', [1, 2, 8, 8], { ...k3, pads: [1, 1, 1, 1], count_include_pad: 1 }),
  { op: 'MaxPool', inputs: [fed('uint8', 1, 1, 4, 4)], attributes: { kernel_shape: [2, 2] } },
  pool('GlobalAveragePool', [2, 3, 4, 5], {}),
  pool('GlobalAveragePool', [2, 3, 4], {}),
  {
    op: 'MaxUnpool',
    inputs: [[1, 2, 3, 3], fed('int64', 1, 2, 3, 3)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    op: 'MaxUnpool',
    inputs: [[1, 2, 3, 3], fed('int64', 1, 2, 3, 3), ints(1, 2, 7, 7)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  { op: 'BatchNormalization', inputs: [[2, 3, 4, 4], [3], [3], [3], [3]] },
  { op: 'BatchNormalization', inputs: [[2, 3], [3], [3], [3], [3]] },
  {
    op: 'BatchNormalization',
    inputs: [[2, 3, 4, 4], [3], [3], [3], Tensor.of('float32', [1, 2, 3])],
    attributes: { training_mode: 1 },
    outputs: 3,
  },
];
