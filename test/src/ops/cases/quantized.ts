import { float, Tensor } from '../../../../src/ir/index.ts';
import { type Fed, fed, type OpCase, scalar } from '../../../support/one-node.ts';

type Input = OpCase['inputs'][number];

const u8 = (...shape: number[]): Fed => fed('uint8', ...shape);
const i8 = (...shape: number[]): Fed => fed('int8', ...shape);
const scale = scalar('float32', 0.5);
const zero = scalar('uint8', 3);
const zeroI8 = scalar('int8', 0);

/** A quantized tensor with its scale and its zero point. */
const q = (tensor: Fed): Input[] => [tensor, scale, tensor.dtype === 'uint8' ? zero : zeroI8];
const out: Input[] = [scale, zero];

const microsoft = (op: string, inputs: readonly Input[], more: Partial<OpCase> = {}): OpCase => ({
  op,
  domain: 'com.microsoft',
  inputs,
  ...more,
});

export const quantizedCases: OpCase[] = [
  { op: 'QLinearConv', inputs: [...q(u8(1, 3, 8, 8)), ...q(u8(4, 3, 3, 3)), ...out] },
  {
    op: 'QLinearConv',
    inputs: [...q(u8(1, 4, 8, 7)), ...q(i8(4, 1, 3, 3)), ...out, fed('int32', 4)],
    attributes: { group: 4, pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  { op: 'ConvInteger', inputs: [u8(1, 3, 8, 8), u8(4, 3, 3, 3), zero] },
  { op: 'ConvInteger', inputs: [u8(1, 3, 8, 8), u8(4, 3, 3, 3)], attributes: { pads: [1, 1, 1, 1] } },
  { op: 'QLinearMatMul', inputs: [...q(u8(5, 2, 3)), ...q(u8(3, 4)), ...out] },
  { op: 'QLinearMatMul', inputs: [...q(i8(2, 3)), ...q(i8(3, 4)), scale, zeroI8] },
  { op: 'MatMulInteger', inputs: [u8(5, 2, 3), i8(3, 4), zero, zeroI8] },
  { op: 'MatMulInteger', inputs: [u8(2, 3), u8(3, 4)] },
  { op: 'DynamicQuantizeLinear', inputs: [[2, 3]], outputs: 3 },
  microsoft('QGemm', [...q(u8(2, 3)), ...q(i8(3, 4)), fed('int32', 4), ...out]),
  microsoft('QGemm', [...q(u8(2, 3)), ...q(i8(4, 3))], { attributes: { transB: 1 } }),
  microsoft('QLinearAdd', [...q(u8(2, 3, 4)), ...q(u8(3, 1)), ...out]),
  microsoft('QLinearMul', [...q(i8(2, 3, 4)), ...q(i8(4)), scale, zeroI8]),
  microsoft('QLinearSigmoid', [...q(u8(2, 3)), ...out]),
  microsoft('QLinearLeakyRelu', [...q(u8(2, 3)), ...out], { attributes: { alpha: float(0.1) } }),
  microsoft('QLinearSoftmax', [...q(u8(2, 3)), ...out], { attributes: { axis: -1, opset: 13 } }),
  microsoft('QLinearAveragePool', [...q(u8(1, 2, 8, 7)), ...out], {
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  }),
  microsoft('QLinearAveragePool', [...q(u8(1, 8, 7, 2)), ...out], {
    attributes: { kernel_shape: [2, 2], channels_last: 1 },
  }),
  microsoft('QLinearConv', [...q(u8(1, 8, 7, 4)), ...q(i8(6, 4, 3, 3)), ...out, fed('int32', 6)], {
    attributes: { channels_last: 1, pads: [1, 1, 1, 1], strides: [2, 2] },
  }),
  microsoft('QLinearConv', [...q(u8(1, 4, 8, 7)), ...q(i8(6, 4, 3, 3)), ...out]),
  microsoft('NhwcMaxPool', [u8(1, 8, 7, 4)], { attributes: { kernel_shape: [3, 3], strides: [2, 2] } }),
  microsoft('QLinearGlobalAveragePool', [...q(u8(1, 2, 4, 5)), ...out]),
  microsoft('QLinearGlobalAveragePool', [...q(u8(1, 4, 5, 2)), ...out], { attributes: { channels_last: 1 } }),
  microsoft('QLinearConcat', [...out, ...q(u8(2, 3)), ...q(u8(2, 5))], { attributes: { axis: 1 } }),
  microsoft('QLinearWhere', [fed('bool', 2, 1), ...q(u8(1, 3)), ...q(u8(4, 1, 1)), ...out]),
  microsoft('QuantizeLinear', [[2, 3], scale, scalar('uint16', 0)]),
  microsoft('DequantizeLinear', [fed('int16', 2, 3), scale, scalar('int16', 0)]),
  microsoft('MatMulIntegerToFloat', [u8(2, 3), i8(3, 4), scale, scale, zero, zeroI8, [4]]),
  microsoft('DynamicQuantizeMatMul', [[5, 2, 3], i8(3, 4), scale, zeroI8]),
  microsoft('MatMulNBits', [[2, 3, 32], u8(8, 1, 16), [8]], {
    attributes: { K: 32, N: 8, bits: 4, block_size: 32 },
  }),
  microsoft('GatherBlockQuantized', [u8(6, 16), Tensor.of('int64', [0, 5, 2], [3]), [6, 1]], {
    attributes: { bits: 4, block_size: 32, gather_axis: 0, quantize_axis: 1 },
  }),
  microsoft(
    'DynamicQuantizeLSTM',
    [
      ...[[5, 2, 3], Tensor.of('int8', Array<number>(48).fill(0), [1, 3, 16])],
      Tensor.of('int8', Array<number>(64).fill(0), [1, 4, 16]),
      ...[[1, 32], undefined, undefined, undefined, undefined],
      ...[Tensor.of('float32', [1]), Tensor.of('int8', [0])],
      ...[Tensor.of('float32', [1]), Tensor.of('int8', [0])],
    ],
    { attributes: { hidden_size: 4 }, outputs: 3 },
  ),
];

export const fusedCases: OpCase[] = [
  microsoft('FusedMatMul', [
    [2, 3],
    [3, 4],
  ]),
  microsoft(
    'FusedMatMul',
    [
      [5, 3, 2],
      [5, 4, 3],
    ],
    { attributes: { transA: 1, transB: 1, alpha: float(2) } },
  ),
  microsoft(
    'FusedMatMul',
    [
      [2, 5, 3],
      [5, 3, 4],
    ],
    { attributes: { transBatchA: 1 } },
  ),
  microsoft('FusedConv', [[1, 3, 8, 8], [4, 3, 3, 3], [4]], { attributes: { activation: 'Relu' } }),
  microsoft('FusedConv', [[1, 3, 8, 8], [4, 3, 3, 3], [4], [1, 4, 6, 6]], {
    attributes: { activation: 'Relu' },
  }),
  microsoft('FusedGemm', [[2, 3], [3, 4], [4]], { attributes: { activation: 'Relu' } }),
  microsoft('Gelu', [[2, 3]]),
  microsoft('FastGelu', [[2, 3], [3]]),
  microsoft('FastGelu', [[2, 3]]),
  microsoft('BiasGelu', [[2, 3], [3]]),
  microsoft('QuickGelu', [[2, 3]]),
  microsoft('SkipLayerNormalization', [[2, 3, 8], [2, 3, 8], [8], [8], [8]]),
  microsoft('SkipLayerNormalization', [[2, 3, 8], [2, 3, 8], [8]]),
  microsoft('SkipSimplifiedLayerNormalization', [[2, 3, 8], [2, 3, 8], [8]]),
  microsoft('RotaryEmbedding', [[2, 3, 8], fed('int64', 2, 3), [5, 2], [5, 2]], {
    attributes: { num_heads: 2 },
  }),
  microsoft('Attention', [[2, 3, 8], [8, 24], [24]], { attributes: { num_heads: 2 } }),
  microsoft(
    'MultiHeadAttention',
    [
      [2, 3, 8],
      [2, 5, 8],
      [2, 5, 8],
    ],
    { attributes: { num_heads: 2 } },
  ),
];
