import { type DType, type Node, Tensor } from '../../ir/index.ts';
import type { KernelContext, SimulatedOp } from '../kernel.ts';
import { type MatMulSums, matMul } from '../matrix.ts';
import { constantInput, emptyLike, isFixed, singleConstant } from '../quantization.ts';
import { clamp, halfToEven } from '../rounding.ts';
import { zeroPointsOf } from '../weights.ts';

const f = Math.fround;

/** com.microsoft: what MatMul becomes where its output is not quantized. a, b, their scales, zero points, float bias. */
export const matMulIntegerToFloat: SimulatedOp = {
  type: 'MatMulIntegerToFloat',
  prepare(node, context) {
    if (![2, 3, 4, 5, 6].every((index) => isFixed(node.inputs[index]))) return undefined;
    const scale = singleConstant(node, 2);
    const zeroPoint = node.inputs[4] ? singleConstant(node, 4) : 0;
    const product = realProduct(node, context, {
      a: node.input(0).dtype ?? 'uint8',
      scale: 3,
      zeroPoint: 5,
      bias: 6,
    });
    return ([a, b]) => product(a!, b!, { scale, zeroPoint });
  },
};

/** com.microsoft: float32 a, which takes its scale from its own range; b, its scale and zero point, float bias. */
export const dynamicQuantizeMatMul: SimulatedOp = {
  type: 'DynamicQuantizeMatMul',
  prepare(node, context) {
    if (![2, 3, 4].every((index) => isFixed(node.inputs[index]))) return undefined;
    const product = realProduct(node, context, { a: 'uint8', scale: 2, zeroPoint: 3, bias: 4 });
    return ([a, b]) => {
      const reals = a!.data as Float32Array;
      const affine = rangeOf(reals);
      const { tensor, data } = emptyLike({ min: 0 }, a!.shape);
      const [low, high] = [-affine.zeroPoint, 255 - affine.zeroPoint];
      for (let i = 0; i < data.length; i++)
        data[i] = halfToEven(clamp(f(reals[i]! / affine.scale), low, high)) + affine.zeroPoint;
      return product(tensor, b!, affine);
    };
  },
};

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** onnxruntime's GetQuantizationParameter, in float32. */
function rangeOf(reals: Float32Array): Affine {
  let [min, max] = [0, 0];
  for (const x of reals) {
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const scale = max === min ? 1 : f(f(max - min) / 255);
  return { scale, zeroPoint: halfToEven(clamp(f(0 - f(min / scale)), 0, 255)) };
}

/** Which inputs of a node hold b's scale and zero point and the bias, and the type of its integer a. */
interface Inputs {
  readonly a: DType;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly bias: number;
}

/** Products of integers as float32: scaled, then the bias is added. */
function realProduct(node: Node, { multiply }: KernelContext, at: Inputs) {
  const weights = constantInput(node, at.scale).data as Float32Array;
  const bias = node.inputs[at.bias] && (constantInput(node, at.bias).data as Float32Array);
  const product = matMul(node, {
    multiply: multiply(node, { a: at.a, b: node.input(1).dtype ?? 'int8' }),
    zeroPoints: (columns) => zeroPointsOf(node, at.zeroPoint, columns),
  });
  return (a: Tensor, b: Tensor, { scale, zeroPoint }: Affine): Tensor => {
    const scales = weights.map((weight) => f(scale * weight));
    return scaled(product(a, b, zeroPoint), scales, bias);
  };
}

function scaled({ shape, sums }: MatMulSums, scales: Float32Array, bias: Float32Array | undefined): Tensor {
  const out = new Float32Array(sums.length * shape.rows * shape.columns);
  let to = 0;
  for (const own of sums)
    for (let i = 0; i < own.length; i++) {
      const column = i % shape.columns;
      const real = f(f(own[i]!) * scales[scales.length === 1 ? 0 : column]!);
      out[to++] = bias ? real + bias[column]! : real;
    }
  return Tensor.of('float32', out, shape.output);
}
