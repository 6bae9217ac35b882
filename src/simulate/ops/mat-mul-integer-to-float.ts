import { Tensor } from '../../ir/index.ts';
import type { SimulatedOp } from '../kernel.ts';
import { matMul } from '../matrix.ts';
import { constantInput, isFixed, singleConstant } from '../quantization.ts';
import { zeroPointsOf } from '../weights.ts';

const f = Math.fround;

/** com.microsoft: what MatMul becomes where its output is not quantized. a, b, their scales, zero points, float bias. */
export const matMulIntegerToFloat: SimulatedOp = {
  type: 'MatMulIntegerToFloat',
  prepare(node, { multiply }) {
    if (![2, 3, 4, 5, 6].every((index) => isFixed(node.inputs[index]))) return undefined;
    const scale = singleConstant(node, 2);
    const scales = (constantInput(node, 3).data as Float32Array).map((weight) => f(scale * weight));
    const bias = node.inputs[6] && (constantInput(node, 6).data as Float32Array);
    const product = matMul(node, {
      zeroPoint: node.inputs[4] ? singleConstant(node, 4) : 0,
      multiply: multiply(node, { a: node.input(0).dtype ?? 'uint8', b: node.input(1).dtype ?? 'int8' }),
      zeroPoints: (columns) => zeroPointsOf(node, 5, columns),
    });
    return ([a, b]) => {
      const { shape, sums } = product(a!, b!);
      const out = new Float32Array(sums.length * shape.rows * shape.columns);
      let to = 0;
      for (const own of sums)
        for (let i = 0; i < own.length; i++) {
          const column = i % shape.columns;
          const real = f(f(own[i]!) * scales[scales.length === 1 ? 0 : column]!);
          out[to++] = bias ? real + bias[column]! : real;
        }
      return Tensor.of('float32', out, shape.output);
    };
  },
};
