import { kernelShape } from '../../ops/window.ts';
import { imageOf, outputShape, writeImage } from '../image.ts';
import type { SimulatedOp } from '../kernel.ts';
import { emptyLike, isFixed, quantizationOf } from '../quantization.ts';
import { rememberedWindows } from '../windows.ts';

/** com.microsoft: the mean of windows; the padding counts with count_include_pad=1. */
export const qLinearAveragePool: SimulatedOp = {
  type: 'QLinearAveragePool',
  prepare(node, { arithmetic }) {
    // A last window that hangs over the padding has a size of its own there: left to onnxruntime.
    if (![1, 2, 3, 4].every((index) => isFixed(node.inputs[index])) || node.int('ceil_mode', 0) === 1)
      return undefined;
    const [input, output] = [quantizationOf(node, 1, 2), quantizationOf(node, 3, 4)];
    const mean = arithmetic.averager(input, output);
    const kernel = kernelShape(node, node.ints('kernel_shape')?.length ?? 0);
    const countsPadding = node.int('count_include_pad', 0) === 1;
    const windowsOf = rememberedWindows(node, kernel);
    return ([x]) => {
      const { data, batch, channels, spatial, positions } = imageOf(node, x!);
      const windows = windowsOf(spatial);
      const { taps, count } = windows;
      const { tensor, data: out } = emptyLike(
        output,
        outputShape(node, { batch, channels, spatial: windows.output }),
      );
      const last = out.slice();
      for (let n = 0, to = 0; n < batch; n++)
        for (let i = 0; i < count; i++) {
          const own = windows.positions.subarray(i * taps, (i + 1) * taps).filter((at) => at >= 0);
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (const at of own) sum = mean.add(sum, data[(n * positions + at) * channels + c]!);
            last[to++] = mean.finish(sum, countsPadding ? taps : own.length);
          }
        }
      writeImage(node, { data: last, batch, channels, positions: count }, out);
      return tensor;
    };
  },
};
