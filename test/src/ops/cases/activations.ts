import { float, Tensor } from '../../../../src/ir/index.ts';
import { fed, ints, type OpCase, scalar } from '../../../support/one-node.ts';

const unary = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Sin', 'Sinh', 'Tan'],
  ...['Ceil', 'Floor', 'Round', 'Erf', 'IsNaN', 'IsInf'],
  ...['Celu', 'Elu', 'Gelu', 'Mish', 'Selu', 'Shrink', 'Softplus', 'Softsign', 'ThresholdedRelu'],
  ...['Hardmax', 'LpNormalization', 'Size', 'Bernoulli', 'RandomNormalLike', 'RandomUniformLike'],
].flatMap((op): OpCase[] => [
  { op, inputs: [[2, 3, 4]] },
  { op, inputs: [[5]] },
]);

const pairs = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3, 4], [4]],
  [[4, 1], [3]],
  [[], [2, 2]],
] as const;
const binary = (op: string, dtype: 'bool' | 'int32' | 'int64' | 'uint8', attributes = {}): OpCase[] =>
  pairs.map(([a, b]) => ({ op, inputs: [fed(dtype, ...a), fed(dtype, ...b)], attributes }));

export const activationCases: OpCase[] = [
  ...unary,
  ...binary('Xor', 'bool'),
  ...['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'].flatMap((op) => binary(op, 'int32')),
  ...binary('BitShift', 'uint8', { direction: 'LEFT' }),
  { op: 'BitwiseNot', inputs: [fed('int32', 2, 3)] },
  { op: 'Mod', inputs: [[2, 3], [3]], attributes: { fmod: 1 } },
  { op: 'Mod', inputs: [fed('int64', 2, 3), scalar('int64', 2)] },
  { op: 'Mean', inputs: [[2, 1, 4], [3, 1], [4]] },
  { op: 'Mean', inputs: [[2, 3]] },
  {
    op: 'PRelu',
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
  },
  { op: 'PRelu', inputs: [[2, 3], [1]] },
  { op: 'Swish', inputs: [[2, 3]], opset: 24 },
  { op: 'CastLike', inputs: [[2, 3], fed('int64', 5)] },
  { op: 'CumSum', inputs: [[2, 3], scalar('int64', -1)] },
  { op: 'CumSum', inputs: [fed('int32', 2, 3), ints(0)], attributes: { reverse: 1 } },
  { op: 'Trilu', inputs: [[2, 3, 4]] },
  { op: 'Trilu', inputs: [fed('int64', 3, 4), scalar('int64', 1)], attributes: { upper: 0 } },
  { op: 'EyeLike', inputs: [[3, 4]] },
  { op: 'EyeLike', inputs: [fed('int32', 3, 4)], attributes: { dtype: 1, k: 1 } },
  { op: 'RandomNormal', inputs: [], attributes: { shape: [2, 3] } },
  { op: 'RandomUniform', inputs: [], attributes: { shape: [4], dtype: 11 } },
  { op: 'RandomNormalLike', inputs: [[2, 3]], attributes: { dtype: 11 } },
  { op: 'RandomUniformLike', inputs: [fed('int32', 2, 3)], attributes: { dtype: 1 } },
  { op: 'Bernoulli', inputs: [[2, 3]], attributes: { dtype: 9 } },
  { op: 'Multinomial', inputs: [[2, 3]], attributes: { sample_size: 5 } },
  { op: 'Multinomial', inputs: [[2, 3]], attributes: { dtype: 7 } },
  { op: 'Det', inputs: [[4, 3, 3]] },
  { op: 'Det', inputs: [[3, 3]] },
  { op: 'Hardmax', inputs: [[2, 3, 4]], attributes: { axis: 1 } },
  { op: 'LpNormalization', inputs: [[2, 3, 4]], attributes: { axis: 1, p: 1 } },
  { op: 'LayerNormalization', inputs: [[2, 3, 8], [8], [8]] },
  { op: 'LayerNormalization', inputs: [[2, 3, 8], [8]], outputs: 3 },
  {
    op: 'LayerNormalization',
    inputs: [
      [2, 3, 4, 5],
      [4, 5],
      [4, 5],
    ],
    attributes: { axis: -2 },
    outputs: 3,
  },
  { op: 'RMSNormalization', inputs: [[2, 3, 8], [8]], opset: 23 },
  {
    op: 'RMSNormalization',
    inputs: [
      [2, 3, 8],
      [3, 8],
    ],
    attributes: { axis: 1 },
    opset: 23,
  },
  { op: 'SimplifiedLayerNormalization', inputs: [[2, 3, 8], [8]] },
  { op: 'InstanceNormalization', inputs: [[2, 3, 4, 5], [3], [3]] },
  { op: 'InstanceNormalization', inputs: [[2, 3, 4], [3], [3]] },
  { op: 'GroupNormalization', inputs: [[2, 6, 4, 5], [6], [6]], attributes: { num_groups: 3 } },
  { op: 'MeanVarianceNormalization', inputs: [[2, 3, 4, 5]] },
  {
    op: 'Attention',
    inputs: [
      [2, 3, 4, 8],
      [2, 3, 6, 8],
      [2, 3, 6, 5],
    ],
    opset: 23,
  },
  {
    op: 'Attention',
    inputs: [
      [2, 4, 24],
      [2, 6, 24],
      [2, 6, 15],
    ],
    attributes: { q_num_heads: 3, kv_num_heads: 3 },
    opset: 23,
  },
  {
    op: 'Attention',
    inputs: [[2, 3, 4, 8], [2, 3, 6, 8], [2, 3, 6, 5], undefined, [2, 3, 7, 8], [2, 3, 7, 5]],
    outputs: 4,
    opset: 23,
  },
  { op: 'RotaryEmbedding', inputs: [[2, 3, 4, 8], [5, 4], [5, 4], fed('int64', 2, 4)], opset: 23 },
  { op: 'LRN', inputs: [[2, 7, 4, 5]], attributes: { size: 3 } },
  { op: 'Gelu', inputs: [[2, 3]], attributes: { approximate: 'tanh' } },
  { op: 'Celu', inputs: [[2, 3]], attributes: { alpha: float(2) } },
  { op: 'NegativeLogLikelihoodLoss', inputs: [[4, 5], fed('int64', 4)] },
  {
    op: 'NegativeLogLikelihoodLoss',
    inputs: [[4, 5, 2], fed('int64', 4, 2), Tensor.of('float32', [1, 1, 1, 1, 1])],
    attributes: { reduction: 'none' },
  },
  { op: 'SoftmaxCrossEntropyLoss', inputs: [[4, 5], fed('int64', 4)], attributes: { reduction: 'sum' } },
  {
    op: 'SoftmaxCrossEntropyLoss',
    inputs: [[4, 5], fed('int64', 4)],
    attributes: { reduction: 'none' },
    outputs: 2,
  },
];
