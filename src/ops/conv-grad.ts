import { type GraphBuilder, product, type Value } from '../ir/index.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';
import { unreachedOf, type Window, windowOf } from './static-window.ts';
import { reshape, sumOver, transpose } from './sum-to.ts';

/** What the gradients of one convolution are computed from. x [N,C,...in], w [M,C/group,...kernel], dy [N,M,...out]. */
export interface Convolution extends Window {
  readonly group: number;
  readonly x: Value;
  readonly w: Value;
  readonly dy: Value;
  /** Input elements behind the last window that no window reaches, per axis. */
  readonly unreached: readonly number[];
}

/** Gradients of Conv in standard operators; formulations and timings in research notes on training ONNX graphs. */
export function convGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const [x, w] = [node.input(0), node.input(1)];
  const [input, output] = [staticShape(x).slice(2), staticShape(dy).slice(2)];
  const window = windowOf(node, { kernel: staticShape(w).slice(2), input });
  const unreached = unreachedOf(window, input, output);
  const conv = { ...window, group: node.int('group', 1), x, w, dy, unreached };
  const channels = [0, ...input.map((_, i) => i + 2)];
  return [
    needs(0) ? standardInputGradient(g, conv) : undefined,
    needs(1) ? standardWeightGradient(g, conv) : undefined,
    needs(2) ? reshape(g, sumOver(g, dy, channels), [staticShape(w)[0]!]) : undefined,
  ];
}

/** Stride 1: a convolution with flipped kernels, which onnxruntime runs 1.3 to 4 times faster than ConvTranspose. */
export function standardInputGradient(g: GraphBuilder, conv: Convolution): Value {
  const { strides, pads, dilations, group, dy, w, unreached, kernel } = conv;
  const rank = kernel.length;
  const mirrored = [...pads.keys()].map((i) => {
    const axis = i % rank;
    const past = i < rank ? 0 : unreached[axis]!;
    return dilations[axis]! * (kernel[axis]! - 1) - pads[i]! + past;
  });
  if (strides.every((s) => s === 1) && mirrored.every((pad) => pad >= 0)) {
    const attributes = { strides, pads: mirrored, dilations, group, kernel_shape: kernel };
    return g.op('Conv', [dy, flippedKernels(g, conv)], attributes);
  }
  const attributes = { strides, pads, dilations, group, kernel_shape: kernel, output_padding: unreached };
  return g.op('ConvTranspose', [dy, w], attributes);
}

/** w [M,C/g,...kernel] with taps reversed and channels swapped: [C,M/g,...kernel]. */
function flippedKernels(g: GraphBuilder, { w, group, kernel }: Convolution): Value {
  const [m = 1, c = 1] = staticShape(w);
  const taps = product(kernel);
  const reversed = g.int64s(Array.from({ length: taps }, (_, i) => taps - 1 - i));
  const flat = reshape(g, w, [m, c, taps]);
  const flipped = taps === 1 ? flat : g.op('Gather', [flat, reversed], { axis: 2 });
  const grouped = reshape(g, flipped, [group, m / group, c, taps]);
  return reshape(g, transpose(g, grouped, [0, 2, 1, 3]), [group * c, m / group, ...kernel]);
}

/** Gradient of the weights in standard operators. */
export function standardWeightGradient(g: GraphBuilder, conv: Convolution): Value {
  const { kernel, strides, pads, group, x, w } = conv;
  const [m = 1, perGroup = 1] = staticShape(w);
  const pointwise = product(kernel) === 1 && strides.every((s) => s === 1) && pads.every((p) => p === 0);
  if (pointwise && group === 1) return pointwiseWeightGradient(g, conv);
  if (perGroup === 1 && group === m && staticShape(x)[1] === m) return depthwiseWeightGradient(g, conv);
  return columnsWeightGradient(g, conv);
}

/** 1x1: one matrix product per sample, summed over the batch. */
function pointwiseWeightGradient(g: GraphBuilder, { x, dy, w }: Convolution): Value {
  const [n = 1, c = 1, ...space] = staticShape(x);
  const [m = 1] = staticShape(w);
  const columns = transpose(g, reshape(g, x, [n, c, product(space)]), [0, 2, 1]);
  const perSample = g.op('MatMul', [reshape(g, dy, [n, m, product(space)]), columns]);
  return reshape(g, g.op('ReduceSum', [perSample, g.int64s([0])], { keepdims: 0 }), staticShape(w));
}

/**
 * Depthwise: a convolution of x with dy as its kernel, a group for each channel of each sample.
 * Stride and dilation change places.
 */
function depthwiseWeightGradient(g: GraphBuilder, conv: Convolution): Value {
  const { x, dy, w, strides, dilations, pads, unreached } = conv;
  const [n = 1, c = 1, ...input] = staticShape(x);
  const output = staticShape(dy).slice(2);
  const rank = output.length;
  const axes = input.map((_, i) => i + 2);
  // Elements that no window reaches must not count: they are cut off, as far as padding does not cover them.
  const cut = unreached.map((extra, i) => Math.max(0, extra - pads[i + rank]!));
  const ends = input.map((size, i) => size - cut[i]!);
  const inputs = [x, g.int64s(axes.map(() => 0)), g.int64s(ends), g.int64s(axes)];
  const reached = cut.some((size) => size > 0) ? g.op('Slice', inputs) : x;
  const endPads = unreached.map((extra, i) => Math.max(0, pads[i + rank]! - extra));
  const perSample = g.op(
    'Conv',
    [reshape(g, reached, [1, n * c, ...ends]), reshape(g, dy, [n * c, 1, ...output])],
    {
      strides: dilations,
      dilations: strides,
      pads: [...pads.slice(0, rank), ...endPads],
      group: n * c,
      kernel_shape: output,
    },
  );
  const taps = product(staticShape(w)) / c;
  const sum = g.op('ReduceSum', [reshape(g, perSample, [n, c * taps]), g.int64s([0])], { keepdims: 0 });
  return reshape(g, sum, staticShape(w));
}

/**
 * Any other: for each kernel tap the slice of x that it meets, channels first, stacked as columns (im2col), then one
 * matrix product over batch and space for each group.
 */
function columnsWeightGradient(g: GraphBuilder, conv: Convolution): Value {
  const { x, dy, w, group, kernel } = conv;
  const [n = 1] = staticShape(x);
  const [m = 1, perGroup = 1] = staticShape(w);
  const [taps, positions] = [product(kernel), n * product(staticShape(dy).slice(2))];
  const channelsFirst = (value: Value): Value => transpose(g, value, swapFirstTwo(staticShape(value).length));
  const padded = channelsFirst(pad(g, conv));
  const slices = coordinates(kernel).map((tap) =>
    reshape(g, tapSlice(g, padded, { ...conv, tap }), [group * perGroup, positions]),
  );
  const columns = slices.length === 1 ? slices[0]! : g.op('Concat', slices, { axis: 0 });
  const rows = channelsFirst(dy);
  if (group === 1) {
    const sum = g.op('Gemm', [reshape(g, rows, [m, positions]), columns], { transB: 1 });
    return reshape(g, transpose(g, reshape(g, sum, [m, taps, perGroup]), [0, 2, 1]), staticShape(w));
  }
  const byGroup = transpose(g, reshape(g, columns, [taps, group, perGroup, positions]), [1, 3, 2, 0]);
  const flat = reshape(g, byGroup, [group, positions, perGroup * taps]);
  return reshape(g, g.op('MatMul', [reshape(g, rows, [group, m / group, positions]), flat]), staticShape(w));
}

const swapFirstTwo = (rank: number): number[] => [1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)];

function pad(g: GraphBuilder, { x, pads }: Convolution): Value {
  if (pads.every((size) => size === 0)) return x;
  const rank = pads.length / 2;
  return g.op('Pad', [x, g.int64s([0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)])]);
}

/** What one kernel tap meets at all output positions. */
function tapSlice(
  g: GraphBuilder,
  padded: Value,
  conv: Convolution & { readonly tap: readonly number[] },
): Value {
  const { tap, dilations, strides, dy } = conv;
  const starts = tap.map((index, i) => index * dilations[i]!);
  const output = staticShape(dy).slice(2);
  const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1);
  const axes = starts.map((_, i) => i + 2);
  return g.op('Slice', [padded, g.int64s(starts), g.int64s(ends), g.int64s(axes), g.int64s(strides)]);
}

/** All index tuples of a shape, in row-major order. */
const coordinates = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, i) => [...prefix, i])),
    [[]],
  );
