import { Tensor } from '../../../../src/ir/index.ts';
import type { Fed, OperatorCase } from './graph-file.ts';
import { sample } from './tensorflow.ts';

interface Case extends OperatorCase {
  readonly title?: string;
  /** Feeds numbers over 0, as logarithms and roots want. */
  readonly positive?: boolean;
}

const fed = (...shape: number[]): Fed => ({ shape });
const integers = (...shape: number[]): Fed => ({ shape, dtype: 'int32' });
const booleans = (...shape: number[]): Fed => ({ shape, dtype: 'bool' });
const ints = (...values: number[]): Tensor => Tensor.of('int32', values);
const int = (value: number): Tensor => Tensor.of('int32', [value], []);
const float = (value: number): Tensor => Tensor.of('float32', [value], []);
const constant = (...shape: number[]): Tensor => sample(shape, 'float32', 9);

const picture = fed(2, 6, 5, 4);

const unary = (ops: string, options: Partial<Case> = {}): Case[] =>
  ops.split(' ').flatMap((op) => [
    { op, inputs: [picture], ...options },
    { op, inputs: [fed(3, 4)], ...options },
  ]);

const binary = (ops: string, options: Partial<Case> = {}): Case[] =>
  ops.split(' ').flatMap((op) => [
    { op, inputs: [picture, picture], title: 'of equals', ...options },
    { op, inputs: [picture, constant(4)], title: 'with a constant per channel', ...options },
    { op, inputs: [picture, fed(5, 4)], title: 'with a lower rank', ...options },
    { op, inputs: [picture, float(0.5)], title: 'with a number', ...options },
    { op, inputs: [constant(1, 5, 1), picture], title: 'with a constant per column', ...options },
  ]);

const comparison = (ops: string): Case[] =>
  ops.split(' ').map((op) => ({ op, inputs: [integers(2, 3, 4, 5), integers(5)] }));

const window = (padding: string, stride = 2, dilation = 1) => ({
  padding,
  strides: [1, stride, stride, 1],
  dilations: [1, dilation, dilation, 1],
  data_format: 'NHWC',
});

const fused = (padding: string, ops: readonly string[]) => ({
  ...window(padding),
  fused_ops: ops,
  num_args: ops.includes('Prelu') ? 2 : 1,
});

const convolutions: Case[] = [
  ...['SAME', 'VALID'].flatMap((padding): Case[] => [
    { op: 'Conv2D', inputs: [picture, constant(3, 3, 4, 6)], attributes: window(padding), title: padding },
    { op: 'Conv2D', inputs: [picture, constant(2, 3, 4, 6)], attributes: window(padding, 1), title: padding },
    {
      op: 'DepthwiseConv2dNative',
      inputs: [picture, constant(3, 2, 4, 2)],
      attributes: window(padding),
      title: padding,
    },
    {
      op: 'MaxPool',
      inputs: [picture],
      attributes: { ...window(padding), ksize: [1, 3, 2, 1] },
      title: padding,
    },
    {
      op: 'AvgPool',
      inputs: [picture],
      attributes: { ...window(padding), ksize: [1, 3, 3, 1] },
      title: padding,
    },
  ]),
  {
    op: 'Conv2D',
    inputs: [picture, constant(3, 3, 4, 6)],
    attributes: window('SAME', 1, 2),
    title: 'dilated',
  },
  {
    op: 'Conv2D',
    inputs: [picture, constant(3, 3, 4, 6)],
    attributes: { ...window('EXPLICIT', 1), explicit_paddings: [0, 0, 1, 0, 2, 1, 0, 0] },
    title: 'with explicit padding',
  },
  ...['Relu', 'Relu6', 'Elu', 'Sigmoid'].map(
    (name): Case => ({
      op: '_FusedConv2D',
      inputs: [picture, constant(3, 3, 4, 6), constant(6)],
      attributes: fused('SAME', ['BiasAdd', name]),
      title: name,
    }),
  ),
  {
    op: '_FusedConv2D',
    inputs: [picture, constant(3, 3, 4, 6), constant(6), constant(1, 1, 6)],
    attributes: fused('SAME', ['BiasAdd', 'Prelu']),
    title: 'Prelu',
  },
  {
    op: '_FusedConv2D',
    inputs: [picture, constant(3, 3, 4, 6), constant(6)],
    attributes: { ...fused('VALID', ['BiasAdd', 'LeakyRelu']), leakyrelu_alpha: { float: 0.3 } },
    title: 'LeakyRelu',
  },
  {
    op: 'FusedDepthwiseConv2dNative',
    inputs: [picture, constant(3, 3, 4, 1), constant(4)],
    attributes: fused('SAME', ['BiasAdd', 'Relu6']),
  },
  ...[
    { padding: 'SAME', sizes: [2, 12, 10, 3] },
    { padding: 'SAME', sizes: [2, 11, 9, 3] },
    { padding: 'VALID', sizes: [2, 13, 11, 3] },
  ].map(
    ({ padding, sizes }): Case => ({
      op: 'Conv2DBackpropInput',
      inputs: [ints(...sizes), constant(3, 3, 3, 4), picture],
      attributes: window(padding),
      title: `${padding} to ${sizes}`,
    }),
  ),
];

const shapes: Case[] = [
  { op: 'Reshape', inputs: [picture, ints(2, -1)] },
  { op: 'Reshape', inputs: [fed(2, 1, 1, 4), ints(2, 4)], title: 'of one pixel' },
  { op: 'Squeeze', inputs: [fed(2, 1, 1, 4)], attributes: { squeeze_dims: [1, 2] } },
  { op: 'Squeeze', inputs: [fed(2, 3, 1, 4)], attributes: { squeeze_dims: [2] } },
  { op: 'ExpandDims', inputs: [fed(3, 4), int(1)] },
  { op: 'ExpandDims', inputs: [fed(3, 4), int(-1)] },
  { op: 'Transpose', inputs: [picture, ints(0, 3, 1, 2)] },
  { op: 'Transpose', inputs: [picture, ints(0, 2, 1, 3)] },
  { op: 'Transpose', inputs: [fed(2, 3, 4), ints(2, 0, 1)] },
  { op: 'Shape', inputs: [picture] },
  { op: 'ConcatV2', inputs: [picture, fed(2, 6, 5, 3), int(-1)] },
  { op: 'ConcatV2', inputs: [picture, constant(2, 1, 5, 4), int(1)] },
  { op: 'Pack', inputs: [fed(3, 4), fed(3, 4)], attributes: { axis: 1 } },
  { op: 'Unpack', inputs: [fed(3, 4)], attributes: { axis: 0, num: 3 }, outputs: ['y', 'y:1', 'y:2'] },
  { op: 'Split', inputs: [int(3), picture], attributes: { num_split: 2 }, outputs: ['y', 'y:1'] },
  {
    op: 'SplitV',
    inputs: [picture, ints(1, 4, 1), int(1)],
    attributes: { num_split: 3 },
    outputs: ['y', 'y:1', 'y:2'],
  },
  { op: 'Slice', inputs: [picture, ints(0, 1, 2, 0), ints(-1, 3, 2, 3)] },
  {
    op: 'StridedSlice',
    inputs: [picture, ints(0, 4, 0, 1), ints(2, 0, 5, 3), ints(1, -2, 2, 1)],
    attributes: { begin_mask: 1, end_mask: 1 },
  },
  {
    op: 'StridedSlice',
    inputs: [picture, ints(0, 2), ints(0, 3), ints(1, 1)],
    attributes: { ellipsis_mask: 1, shrink_axis_mask: 2 },
    title: 'with an ellipsis',
  },
  { op: 'Pad', inputs: [picture, Tensor.of('int32', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2])] },
  { op: 'PadV2', inputs: [picture, Tensor.of('int32', [0, 0, 1, 2, 0, 1, 2, 0], [4, 2]), float(-1.5)] },
  {
    op: 'MirrorPad',
    inputs: [picture, Tensor.of('int32', [0, 0, 1, 2, 2, 1, 0, 0], [4, 2])],
    attributes: { mode: 'REFLECT' },
  },
  { op: 'GatherV2', inputs: [picture, ints(2, 0), int(3)] },
  { op: 'GatherV2', inputs: [fed(5, 3), integers(2, 2), int(0)] },
  { op: 'Gather', inputs: [fed(5, 3), ints(4, 1)] },
  { op: 'Tile', inputs: [fed(2, 3), ints(2, 3)] },
  { op: 'BroadcastTo', inputs: [fed(1, 3), ints(4, 3)] },
  { op: 'Fill', inputs: [ints(2, 3), float(1.25)] },
];

const reductions: Case[] = ['Mean', 'Sum', 'Max', 'Min', 'Prod'].flatMap((op): Case[] => [
  { op, inputs: [picture, ints(1, 2)], attributes: { keep_dims: true }, title: 'over pixels, kept' },
  { op, inputs: [picture, ints(1, 2)], attributes: { keep_dims: false }, title: 'over pixels' },
  { op, inputs: [picture, ints(-1)], attributes: { keep_dims: false }, title: 'over channels' },
  { op, inputs: [picture, ints(2)], attributes: { keep_dims: false }, title: 'over columns' },
]);

const matrices: Case[] = [
  { op: 'MatMul', inputs: [fed(3, 4), constant(4, 5)] },
  { op: 'MatMul', inputs: [fed(4, 3), constant(5, 4)], attributes: { transpose_a: true, transpose_b: true } },
  {
    op: '_FusedMatMul',
    inputs: [fed(3, 4), constant(4, 5), constant(5)],
    attributes: { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 },
  },
  { op: 'BatchMatMul', inputs: [fed(2, 3, 4), fed(2, 4, 5)] },
  { op: 'BatchMatMulV2', inputs: [fed(2, 3, 4), fed(2, 5, 4)], attributes: { adj_y: true } },
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map(
    (op): Case => ({
      op,
      inputs: [picture, constant(4), constant(4), constant(4), Tensor.of('float32', [0.5, 1, 2, 3])],
      attributes: { epsilon: { float: 1e-3 }, is_training: false, data_format: 'NHWC' },
    }),
  ),
];

const images: Case[] = [
  ...['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
    [ints(12, 10), ints(9, 7), ints(3, 4)].flatMap((sizes): Case[] => [
      { op, inputs: [picture, sizes], attributes: { align_corners: false, half_pixel_centers: false } },
      {
        op,
        inputs: [picture, sizes],
        attributes: { align_corners: true, half_pixel_centers: false },
        title: 'aligned',
      },
      {
        op,
        inputs: [picture, sizes],
        attributes: { align_corners: false, half_pixel_centers: true },
        title: 'half',
      },
    ]),
  ),
  { op: 'DepthToSpace', inputs: [fed(2, 3, 2, 8)], attributes: { block_size: 2, data_format: 'NHWC' } },
];

export const cases: readonly Case[] = [
  ...unary('Relu Relu6 Elu Selu Sigmoid Tanh Softplus Abs Neg Exp Square Floor Ceil Round Sign Sin Cos Erf'),
  ...unary('Identity StopGradient Snapshot'),
  ...unary('Log Sqrt Rsqrt Reciprocal', { positive: true }),
  ...unary('LeakyRelu', { attributes: { alpha: { float: 0.25 } } }),
  ...binary('Add AddV2 Sub Mul Maximum Minimum SquaredDifference'),
  ...binary('RealDiv Div FloorDiv Pow', { positive: true }),
  ...comparison('Greater GreaterEqual Less LessEqual Equal NotEqual'),
  { op: 'FloorDiv', inputs: [integers(3, 4), int(2)], title: 'of integers' },
  { op: 'BiasAdd', inputs: [picture, constant(4)] },
  { op: 'AddN', inputs: [picture, picture, picture] },
  { op: 'LogicalAnd', inputs: [booleans(2, 3), booleans(2, 3)] },
  { op: 'LogicalOr', inputs: [booleans(2, 3), booleans(3)] },
  { op: 'LogicalNot', inputs: [booleans(2, 3)] },
  { op: 'Select', inputs: [booleans(2, 3), fed(2, 3), fed(2, 3)] },
  { op: 'SelectV2', inputs: [booleans(3), fed(2, 3), float(7)] },
  { op: 'Prelu', inputs: [picture, constant(1, 1, 4)] },
  { op: 'ClipByValue', inputs: [picture, float(-0.5), float(0.25)] },
  {
    op: 'Cast',
    inputs: [integers(2, 3)],
    attributes: { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } },
  },
  { op: 'ArgMax', inputs: [fed(3, 7), int(1)] },
  { op: 'ArgMax', inputs: [picture, int(3)] },
  { op: 'ArgMin', inputs: [fed(3, 7), int(0)] },
  { op: 'Softmax', inputs: [fed(3, 7)] },
  { op: 'Softmax', inputs: [picture] },
  { op: 'LogSoftmax', inputs: [fed(3, 7)] },
  ...convolutions,
  ...shapes,
  ...reductions,
  ...matrices,
  ...images,
];
