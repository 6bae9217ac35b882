import { type Node, product } from '../ir/index.ts';
import { windowAxes } from '../ops/window.ts';

/** Where the windows of a convolution or pooling lie. */
export interface Windows {
  /** Spatial sizes of the output. */
  readonly output: readonly number[];
  readonly count: number;
  /** Elements of one window. */
  readonly taps: number;
  /** For each output and tap: the position among the input's, or -1 in the padding. */
  readonly positions: Int32Array;
}

/** The windows of a node over `spatial` sizes, from its strides, pads, dilations, auto_pad and ceil_mode. */
export function windowsOf(node: Node, spatial: readonly number[], kernel: readonly number[]): Windows {
  const axes = windowAxes(node, spatial, kernel);
  const output = axes.map((axis) => axis.output as number);
  const [count, taps] = [product(output), product(kernel)];
  const positions = new Int32Array(count * taps);
  for (let out = 0; out < count; out++) {
    const at = coordinates(out, output);
    for (let tap = 0; tap < taps; tap++) {
      const offset = coordinates(tap, kernel);
      let position = 0;
      axes.forEach(({ stride, dilation, padBegin }, i) => {
        const x = at[i]! * stride - padBegin! + offset[i]! * dilation;
        position = position < 0 || x < 0 || x >= spatial[i]! ? -1 : position * spatial[i]! + x;
      });
      positions[out * taps + tap] = position;
    }
  }
  return { output, count, taps, positions };
}

function coordinates(index: number, sizes: readonly number[]): number[] {
  const at = new Array<number>(sizes.length);
  for (let i = sizes.length - 1, rest = index; i >= 0; i--) {
    at[i] = rest % sizes[i]!;
    rest = Math.floor(rest / sizes[i]!);
  }
  return at;
}

/** The windows of a node, kept for the spatial sizes that were asked for last. */
export function rememberedWindows(
  node: Node,
  kernel: readonly number[],
): (spatial: readonly number[]) => Windows {
  let key = '';
  let windows: Windows | undefined;
  return (spatial) => {
    const wanted = spatial.join();
    if (!windows || key !== wanted) {
      windows = windowsOf(node, spatial, kernel);
      key = wanted;
    }
    return windows;
  };
}
