import { float, Tensor } from '../../../ir/index.ts';
import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import { constantOf } from '../../../ops/index.ts';
import type { QuantizedNode } from './quantized-node.ts';
import {
  attributesOf,
  dtypeObstacle,
  endOf,
  everyInput,
  parametersOf,
  type QOperatorRule,
  triple,
} from './rule.ts';

/** int8 activations take int8 weights only. */
function weightObstacle(quantized: QuantizedNode): string | undefined {
  const [x, w, bias] = quantized.inputs;
  const reason = dtypeObstacle(quantized);
  if (reason) return reason;
  if (x!.integers.dtype === 'int8' && w!.integers.dtype !== 'int8')
    return 'its input is int8, its weight is not';
  return bias && bias.integers.dtype !== 'int32'
    ? `its bias must be int32, is ${bias.integers.dtype}`
    : undefined;
}

export const conv: QOperatorRule = {
  opType: 'Conv',
  form: 'QLinearConv',
  standard: true,
  floats: everyInput,
  obstacle: weightObstacle,
  write(quantized, builder) {
    const [x, w, bias] = quantized.inputs;
    const end = parametersOf(endOf(quantized), builder);
    const inputs = [...triple(x!, builder), ...triple(w!, builder), ...end, ...(bias ? [bias.integers] : [])];
    return [builder.op('QLinearConv', inputs, attributesOf(quantized.node))];
  },
};

export const matMul: QOperatorRule = {
  opType: 'MatMul',
  form: 'QLinearMatMul',
  standard: true,
  floats: everyInput,
  obstacle: weightObstacle,
  write(quantized, builder) {
    const [a, b] = quantized.inputs;
    const inputs = [
      ...triple(a!, builder),
      ...triple(b!, builder),
      ...parametersOf(endOf(quantized), builder),
    ];
    return [builder.op('QLinearMatMul', inputs)];
  },
};

/** onnxruntime's product with bias. */
export const gemm: QOperatorRule = {
  opType: 'Gemm',
  form: 'QGemm',
  standard: false,
  floats: everyInput,
  obstacle: (quantized) => weightObstacle(quantized) ?? scaledObstacle(quantized),
  write(quantized, builder) {
    const [a, b, bias] = quantized.inputs;
    const { node } = quantized;
    const attributes = { alpha: float(1), transA: node.int('transA', 0), transB: node.int('transB', 0) };
    const factors = [...triple(a!, builder), ...triple(b!, builder)];
    const inputs = [...factors, bias?.integers, ...parametersOf(endOf(quantized), builder)];
    return [builder.op('QGemm', inputs, attributes, microsoft)];
  },
};

/**
 * A product with bias in the ONNX domain: a convolution of images of one pixel. QLinearMatMul has no bias, and one added
 * behind it would be rounded twice.
 */
export const gemmAsConv: QOperatorRule = {
  ...gemm,
  form: 'QLinearConv',
  standard: true,
  obstacle(quantized) {
    const [, w, bias] = quantized.inputs;
    if (!constantOf(w!.integers)) return 'its weight is not a constant';
    if (quantized.node.int('transA', 0)) return 'its left side is transposed';
    const oneAChannel = !bias || (bias.integers.shape?.length === 1 && bias.integers.shape[0] !== 1);
    return gemm.obstacle!(quantized) ?? (oneAChannel ? undefined : 'its bias is not one number a channel');
  },
  write(quantized, builder) {
    const [x, w, bias] = quantized.inputs;
    const [channels, inputs] = constantRows(quantized);
    const pixels = builder.op('Reshape', [x!.integers, builder.int64s([-1, inputs.length / channels, 1, 1])]);
    const shape = [channels, inputs.length / channels, 1, 1];
    const dtype = w!.integers.dtype!;
    const kernel = builder.initializer(builder.uniqueName('kernel'), Tensor.of(dtype, inputs, shape));
    const all = [
      ...[pixels, ...parametersOf(x!, builder)],
      ...[kernel, ...parametersOf(w!, builder)],
      ...parametersOf(endOf(quantized), builder),
      ...(bias ? [bias.integers] : []),
    ];
    const y = builder.op('QLinearConv', all);
    return [builder.op('Reshape', [y, builder.int64s([-1, channels])])];
  },
};

function scaledObstacle({ node }: QuantizedNode): string | undefined {
  return node.float('alpha', 1) === 1 && node.float('beta', 1) === 1
    ? undefined
    : 'its alpha or beta is not 1';
}

/** Number of channels, and the weight [channels, inputs]. */
function constantRows({ node, inputs }: QuantizedNode): [number, Int8Array | Uint8Array] {
  const tensor = constantOf(inputs[1]!.integers)!;
  const data = tensor.data as Int8Array;
  const [rows, columns] = tensor.shape as [number, number];
  if (node.int('transB', 0)) return [rows, data];
  const turned = data.slice();
  for (let k = 0; k < rows; k++)
    for (let n = 0; n < columns; n++) turned[n * rows + k] = data[k * columns + n]!;
  return [columns, turned];
}
