import { type Node, Tensor } from '../../ir/index.ts';
import type { SimulatedOp } from '../kernel.ts';
import { matrixSums, packMatrix, packRows } from '../matrix.ts';
import {
  bytesOf,
  constantInput,
  emptyLike,
  isFixed,
  quantizationOf,
  singleConstant,
} from '../quantization.ts';
import { biasOf, zeroPointsOf } from '../weights.ts';

const f = Math.fround;

/** com.microsoft QGemm with constant weights and one bias a column; to 8 bits, or to float32 where no scale is given. */
export const qGemm: SimulatedOp = {
  type: 'QGemm',
  prepare(node, { arithmetic, multiply }) {
    if (![1, 2, 3, 4, 5, 6, 7, 8].every((index) => isFixed(node.inputs[index]))) return undefined;
    const { columns, width, pack } = weightOf(node);
    if (node.inputs[6] && constantInput(node, 6).size !== columns) return undefined;
    const input = quantizationOf(node, 1, 2);
    const weights = constantInput(node, 4).data as Float32Array;
    const output = node.inputs[8] ? quantizationOf(node, 7, 8) : undefined;
    const alpha = node.float('alpha', 1);
    const requantize =
      output && arithmetic.requantizer({ input: input.scale, weights, output, alpha, isMatrix: true });
    const real = weights.map((weight) => f(f(f(alpha) * input.scale) * weight));
    const product = {
      zeroPoint: singleConstant(node, 2),
      multiply: multiply(node, { a: node.input(2).dtype!, b: node.input(3).dtype! }),
      bias: biasOf(node, 6, columns),
    };
    const transposed = node.int('transA', 0) === 1;
    return ([a]) => {
      const rows = a!.size / width;
      const sums = matrixSums(packRows(bytesOf(a!), { rows, width, transposed }), pack, product);
      const shape = [rows, columns];
      if (!output || !requantize)
        return Tensor.of(
          'float32',
          Float32Array.from(sums, (sum, i) => f(sum) * scaleAt(real, i % columns)),
          shape,
        );
      const { tensor, data } = emptyLike(output, shape);
      for (let i = 0; i < sums.length; i++) data[i] = requantize(sums[i]!, i % columns);
      return tensor;
    };
  },
};

const scaleAt = (scales: Float32Array, column: number): number => scales[scales.length === 1 ? 0 : column]!;

function weightOf(node: Node) {
  const weight = constantInput(node, 3);
  const transposed = node.int('transB', 0) === 1;
  const [first, second] = weight.shape as [number, number];
  const [columns, width] = transposed ? [first, second] : [second, first];
  const packed = packMatrix(bytesOf(weight), { columns, width, transposed });
  return { columns, width, pack: { ...packed, zeroPoints: zeroPointsOf(node, 5, columns) } };
}
