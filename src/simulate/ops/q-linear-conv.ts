import { type Node, product } from '../../ir/index.ts';
import type { Requantize } from '../arithmetic.ts';
import { type Image, imageOf, outputShape, writeImage } from '../image.ts';
import type { Kernel, KernelContext, SimulatedOp } from '../kernel.ts';
import type { Multiply } from '../multiply.ts';
import { type Bytes, bytesOf, constantInput, emptyLike, isFixed, quantizationOf } from '../quantization.ts';
import {
  biasOf,
  type Columns,
  correctSums,
  offsetsOf,
  packColumns,
  shapeOf,
  zeroPointsOf,
} from '../weights.ts';
import { rememberedWindows, type Windows } from '../windows.ts';

/**
 * Convolution of any rank with channels first or last. Products are summed kernel position by kernel position, channels
 * innermost, as onnxruntime's image-to-column transform and its kernels for channels last order them.
 */
export const qLinearConv: SimulatedOp = {
  type: 'QLinearConv',
  prepare(node, context) {
    if (![3, 4, 5, 8].every((index) => isFixed(node.inputs[index]))) return undefined;
    const weight = constantInput(node, 3);
    const [outputs, perGroup, ...kernel] = weight.shape as [number, number, ...number[]];
    const groups = node.int('group', 1);
    const isDepthwise = perGroup === 1 && outputs === groups;
    return convolution(node, context, { outputs, perGroup, kernel, groups, isDepthwise });
  },
};

interface Layout {
  readonly outputs: number;
  readonly perGroup: number;
  readonly kernel: readonly number[];
  readonly groups: number;
  readonly isDepthwise: boolean;
}

/** Sums of one sample [positions, outputs] from its elements, channels last. */
type Convolve = (sample: Bytes, channels: number, windows: Windows) => Int32Array;

function convolution(node: Node, context: KernelContext, layout: Layout): Kernel {
  const { outputs, kernel } = layout;
  const input = quantizationOf(node, 1, 2);
  const output = quantizationOf(node, 6, 7);
  const weights = constantInput(node, 4).data as Float32Array;
  const requantize = context.arithmetic.requantizer({ input: input.scale, weights, output });
  const convolve = layout.isDepthwise
    ? depthwise(node, layout, input.zeroPoint)
    : grouped(node, layout, {
        zeroPoint: input.zeroPoint,
        multiply: context.multiply(node, { a: node.input(2).dtype!, b: node.input(3).dtype! }),
      });
  const windowsOf = rememberedWindows(node, kernel);
  return ([x]) => {
    const image = imageOf(node, x!);
    const windows = windowsOf(image.spatial);
    const { batch } = image;
    const shape = outputShape(node, { batch, channels: outputs, spatial: windows.output });
    const { tensor, data } = emptyLike(output, shape);
    const last = requantized(image, data.slice(), (sample) => ({
      sums: convolve(sample, image.channels, windows),
      requantize,
      outputs,
    }));
    writeImage(node, { data: last, batch, channels: outputs, positions: windows.count }, data);
    return tensor;
  };
}

interface Sums {
  readonly sums: Int32Array;
  readonly requantize: Requantize;
  readonly outputs: number;
}

function requantized(image: Image, out: Bytes, convolve: (sample: Bytes) => Sums): Bytes {
  const size = image.positions * image.channels;
  for (let n = 0, to = 0; n < image.batch; n++) {
    const { sums, requantize, outputs } = convolve(image.data.subarray(n * size, (n + 1) * size));
    for (let i = 0; i < sums.length; i += outputs)
      for (let m = 0; m < outputs; m++) out[to++] = requantize(sums[i + m]!, m);
  }
  return out;
}

/** Element (output, channel, tap) of a weight [outputs, channels, ...kernel]. */
const weightIndex = (perGroup: number, taps: number) => (m: number, k: number) =>
  (m * perGroup + (k % perGroup)) * taps + Math.floor(k / perGroup);

function grouped(
  node: Node,
  { outputs, perGroup, kernel, groups }: Layout,
  { zeroPoint, multiply }: { readonly zeroPoint: number; readonly multiply: Multiply },
): Convolve {
  const taps = product(kernel);
  const each = outputs / groups;
  const data = bytesOf(constantInput(node, 3));
  const index = weightIndex(perGroup, taps);
  const zeroPoints = zeroPointsOf(node, 5, outputs);
  const bias = biasOf(node, 8, outputs);
  const parts = Array.from({ length: groups }, (_, g) => {
    const from = g * each;
    const size = { columns: each, width: perGroup * taps };
    const packed = packColumns(data, size, (m, k) => index(from + m, k));
    const columns = { ...packed, zeroPoints: zeroPoints?.subarray(from, from + each) };
    return { columns, offsets: offsetsOf(columns, zeroPoint, bias?.subarray(from, from + each)) };
  });
  return (sample, channels, windows) => {
    const sums = groups === 1 ? undefined : new Int32Array(windows.count * outputs);
    for (const [g, part] of parts.entries()) {
      const rows = gather({ sample, channels, from: g * perGroup, perGroup }, windows, {
        columns: part.columns,
        zeroPoint,
      });
      const own = multiply(rows, part.columns.data, shapeOf(part.columns, windows.count));
      correctSums(own, rows, part);
      if (!sums) return own;
      for (let i = 0; i < windows.count; i++)
        for (let m = 0; m < each; m++) sums[i * outputs + g * each + m] = own[i * each + m]!;
    }
    return sums!;
  };
}

/** The channels of a group in a sample. */
interface Part {
  readonly sample: Bytes;
  readonly channels: number;
  readonly from: number;
  readonly perGroup: number;
}

/** Image to column: a row a window, [taps, channels of the group]; the padding holds the zero point. */
function gather(
  { sample, channels, from, perGroup }: Part,
  { count, taps, positions }: Windows,
  { columns, zeroPoint }: { readonly columns: Columns; readonly zeroPoint: number },
): Int16Array {
  const { depth } = columns;
  const rows = new Int16Array(count * depth);
  for (let i = 0; i < count; i++)
    for (let tap = 0; tap < taps; tap++) {
      const position = positions[i * taps + tap]!;
      const to = i * depth + tap * perGroup;
      if (position < 0) {
        rows.fill(zeroPoint, to, to + perGroup);
        continue;
      }
      const at = position * channels + from;
      for (let c = 0; c < perGroup; c++) rows[to + c] = sample[at + c]!;
    }
  return rows;
}

/** One filter a channel: exact on every processor, since kernels widen to 16 bits before they multiply. */
function depthwise(node: Node, { outputs, kernel }: Layout, zeroPoint: number): Convolve {
  const taps = product(kernel);
  const data = bytesOf(constantInput(node, 3));
  const zeroPoints = zeroPointsOf(node, 5, outputs);
  const bias = biasOf(node, 8, outputs);
  const filters = new Int16Array(taps * outputs);
  for (let m = 0; m < outputs; m++)
    for (let tap = 0; tap < taps; tap++)
      filters[tap * outputs + m] = data[m * taps + tap]! - (zeroPoints?.[m] ?? 0);
  return (sample, channels, { count, positions }) => {
    const sums = new Int32Array(count * channels);
    for (let i = 0; i < count; i++) {
      const to = i * channels;
      if (bias) sums.set(bias, to);
      for (let tap = 0; tap < taps; tap++) {
        const position = positions[i * taps + tap]!;
        if (position < 0) continue;
        const [from, filter] = [position * channels, tap * channels];
        for (let c = 0; c < channels; c++)
          sums[to + c] = (sums[to + c]! + Math.imul(sample[from + c]! - zeroPoint, filters[filter + c]!)) | 0;
      }
    }
    return sums;
  };
}
