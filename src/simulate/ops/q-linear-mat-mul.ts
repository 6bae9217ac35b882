import type { SimulatedOp } from '../kernel.ts';
import { matMul } from '../matrix.ts';
import { constantInput, emptyLike, isFixed, quantizationOf } from '../quantization.ts';
import { zeroPointsOf } from '../weights.ts';

/** Product of quantized matrices, broadcast as numpy.matmul; the second may be an activation as well. */
export const qLinearMatMul: SimulatedOp = {
  type: 'QLinearMatMul',
  prepare(node, { arithmetic, multiply }) {
    if (![1, 2, 4, 5, 6, 7].every((index) => isFixed(node.inputs[index]))) return undefined;
    const a = quantizationOf(node, 1, 2);
    const output = quantizationOf(node, 6, 7);
    const weights = constantInput(node, 4).data as Float32Array;
    const requantize = arithmetic.requantizer({ input: a.scale, weights, output, isMatrix: true });
    const product = matMul(node, {
      multiply: multiply(node, { a: node.input(2).dtype!, b: node.input(5).dtype! }),
      zeroPoints: (columns) => zeroPointsOf(node, 5, columns),
    });
    return (inputs) => {
      const { shape, sums } = product(inputs[0]!, inputs[3]!, a.zeroPoint);
      const { tensor, data } = emptyLike(output, shape.output);
      let to = 0;
      for (const own of sums)
        for (let i = 0; i < own.length; i += shape.columns)
          for (let n = 0; n < shape.columns; n++) data[to++] = requantize(own[i + n]!, n);
      return tensor;
    };
  },
};
