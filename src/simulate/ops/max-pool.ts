import type { Node } from '../../ir/index.ts';
import { kernelShape } from '../../ops/window.ts';
import { imageOf } from '../image.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import { type Bytes, emptyLike } from '../quantization.ts';
import { rememberedWindows } from '../windows.ts';

/** The largest of each window of 8-bit integers. In float32 onnxruntime runs it. */
export const maxPool: SimulatedOp = { type: 'MaxPool', prepare: (node) => pool(node, false) };

/** com.microsoft: the same with channels last. */
export const nhwcMaxPool: SimulatedOp = { type: 'NhwcMaxPool', prepare: (node) => pool(node, true) };

function pool(node: Node, last: boolean): Kernel | undefined {
  if (node.outputs.length > 1 || !['uint8', 'int8'].includes(node.input(0).dtype!)) return undefined;
  const windowsOf = rememberedWindows(node, kernelShape(node, node.ints('kernel_shape')?.length ?? 0));
  return ([x]) => {
    const { data, batch, channels, spatial, positions } = imageOf(node, x!, last);
    const windows = windowsOf(spatial);
    const shape = last ? [batch, ...windows.output, channels] : [batch, channels, ...windows.output];
    const { count, taps } = windows;
    const lowest = data instanceof Int8Array ? -128 : 0;
    const { tensor, data: out } = emptyLike({ min: lowest }, shape);
    // Steps between channels and between positions, where the node has its channels.
    const [byChannel, byPosition] = last ? [1, channels] : [count, 1];
    for (let n = 0; n < batch; n++)
      for (let i = 0; i < count; i++)
        for (let c = 0; c < channels; c++) {
          const window = { n, from: i * taps, taps, c };
          const most = largest(data, windows.positions, { ...window, channels, positions, lowest });
          out[n * count * channels + c * byChannel + i * byPosition] = most;
        }
    return tensor;
  };
}

interface Window {
  readonly n: number;
  readonly from: number;
  readonly taps: number;
  readonly c: number;
  readonly channels: number;
  readonly positions: number;
  readonly lowest: number;
}

function largest(data: Bytes, at: Int32Array, window: Window): number {
  const { n, from, taps, c, channels, positions } = window;
  let most = window.lowest;
  for (let tap = from; tap < from + taps; tap++) {
    const position = at[tap]!;
    if (position >= 0) most = Math.max(most, data[(n * positions + position) * channels + c]!);
  }
  return most;
}
