import { imageOf, outputShape } from '../image.ts';
import type { SimulatedOp } from '../kernel.ts';
import { emptyLike, isFixed, quantizationOf } from '../quantization.ts';

/** com.microsoft: the mean of each channel. x, scale, zero point, output's scale, zero point. */
export const qLinearGlobalAveragePool: SimulatedOp = {
  type: 'QLinearGlobalAveragePool',
  prepare(node, { arithmetic }) {
    if (![1, 2, 3, 4].every((index) => isFixed(node.inputs[index]))) return undefined;
    const input = quantizationOf(node, 1, 2);
    const output = quantizationOf(node, 3, 4);
    return ([x]) => {
      const { data, batch, channels, spatial, positions } = imageOf(node, x!);
      const shape = outputShape(node, { batch, channels, spatial: spatial.map(() => 1) });
      const { tensor, data: out } = emptyLike(output, shape);
      const mean = arithmetic.globalAverage(input, output, positions);
      for (let n = 0; n < batch; n++)
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let i = 0; i < positions; i++) sum += data[(n * positions + i) * channels + c]!;
          out[n * channels + c] = mean(sum);
        }
      return tensor;
    };
  },
};
