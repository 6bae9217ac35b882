import { type Node, Tensor, type Value } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { fromChannels } from '../grouped/channel-matrix.ts';
import { integerTensor } from '../grouped/pack.ts';
import type { DynamicRule, DynamicWriter } from './rule.ts';

/** Its ONNX code. */
const float32 = 1;

/** MatMulInteger, Cast, Mul: onnxruntime fuses it with its DynamicQuantizeLinear to DynamicQuantizeMatMul. */
export const matMul: DynamicRule = {
  opType: 'MatMul',
  weights: [1],
  obstacle: (node) => (node.input(1).shape!.length < 2 ? 'its weight is a vector' : undefined),
  write(node, writer) {
    const { shape } = node.input(1);
    const axis = shape!.length === 2 ? 1 : undefined;
    const scaled = integerProduct(node, writer, { axis, factor: 1 });
    return { outputs: [scaled], form: 'DynamicQuantizeLinear, MatMulInteger' };
  },
};

/** The same with its bias added, alpha in the scales of the weight and beta in the bias. */
export const gemm: DynamicRule = {
  opType: 'Gemm',
  weights: [1],
  obstacle(node) {
    if (node.int('transA', 0)) return 'its left side is transposed';
    const isScaled = node.float('beta', 1) !== 1 && node.inputs[2];
    return isScaled && !constantOf(node.inputs[2]) ? 'its bias is computed, and beta is not 1' : undefined;
  },
  write(node, writer) {
    const axis = node.int('transB', 0) ? 0 : 1;
    const scaled = integerProduct(node, writer, { axis, factor: node.float('alpha', 1) });
    const bias = node.inputs[2] && betaTimes(node, writer, node.inputs[2]);
    const y = bias ? writer.builder.op('Add', [scaled, bias]) : scaled;
    return { outputs: [y], form: 'DynamicQuantizeLinear, MatMulInteger' };
  },
};

interface Product {
  /** Of the channels of the weight; undefined for a stack of matrices, whose kernel takes one scale. */
  readonly axis: number | undefined;
  readonly factor: number;
}

function integerProduct(node: Node, writer: DynamicWriter, { axis, factor }: Product): Value {
  const { builder } = writer;
  const [integers, scale, zeroPoint] = writer.quantized(node.input(0));
  const { name, shape } = node.input(1);
  const isPerChannel = writer.perChannel && axis !== undefined;
  const weight = writer.weight(node, 1, isPerChannel ? axis : undefined);
  // A matrix that is transposed turns round.
  const turned = (axis === 0 ? [...shape!].reverse() : shape!) as readonly number[];
  const isByRow = axis === 0 || isPerChannel;
  const flat = isByRow ? fromChannels(weight.integers, turned, 1) : weight.integers;
  const w = writer.constant(`${name}_quantized`, integerTensor('int8', flat, turned));
  const scales = weight.scales.map((s) => s * factor);
  const scaleTensor = Tensor.of('float32', scales, isPerChannel ? [scales.length] : []);
  const product = builder.op('Cast', [builder.op('MatMulInteger', [integers, w, zeroPoint])], {
    to: float32,
  });
  const both = builder.op('Mul', [scale, writer.constant(`${name}_scale`, scaleTensor)]);
  return builder.op('Mul', [product, both]);
}

function betaTimes(node: Node, writer: DynamicWriter, bias: Value): Value {
  const beta = node.float('beta', 1);
  const tensor = constantOf(bias);
  if (beta === 1 || !tensor) return bias;
  const data = (tensor.data as Float32Array).map((b) => b * beta);
  return writer.constant(bias.name, Tensor.of('float32', data, tensor.shape));
}
