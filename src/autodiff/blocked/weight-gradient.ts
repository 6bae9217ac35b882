import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { standardWeightGradient } from '../../ops/conv-grad.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape, transpose } from '../../ops/sum-to.ts';
import type { Convolution } from './convolution.ts';
import { zeros } from './layout.ts';
import { blockedConv, maxPool, reorderInput, reorderOutput } from './nchwc.ts';
import { microsoft } from './types.ts';

/** Gradient of the weights, in their shape. dy is blocked. */
export function weightGradient(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  if (conv.depthwise) return depthwise(g, conv, dy);
  const { kernel, pads, kernels } = conv;
  const pointwise = [...kernel.map((size) => size - 1), ...pads].every((v) => v === 0);
  if (pointwise && kernels.fusedMatMul && (!conv.plainInput || hasUnitStride(conv)))
    return matrixProduct(g, subsampled(g, conv), dy);
  const batch = staticShape(dy)[0]!;
  if (product(kernel) > 1 && batch % kernels.block === 0) return batchAsChannels(g, conv, dy);
  const output = reorderOutput(g, dy, staticShape(conv.w)[0]!);
  return standardWeightGradient(g, { ...conv, x: plainInput(g, conv), dy: output, group: 1 });
}

const plainInput = (g: GraphBuilder, { x, channels, plainInput }: Convolution): Value =>
  plainInput ? x : reorderOutput(g, x, channels);

/**
 * Stride and dilation exchanged, and padding at the end such that the kernel meets exactly one position for each tap;
 * `cut` is what of the input no window reaches and padding does not cover.
 */
function exchangedWindow({ strides, dilations, pads, unreached }: Convolution) {
  const cut = unreached.map((extra, i) => Math.max(0, extra - pads[i + 2]!));
  const ends = unreached.map((extra, i) => Math.max(0, pads[i + 2]! - extra));
  return { cut, window: { strides: dilations, dilations: strides, pads: [pads[0]!, pads[1]!, ...ends] } };
}

/** [.., H, W] without the last `cut` rows and columns. */
function cropped(g: GraphBuilder, x: Value, cut: readonly number[]): Value {
  if (cut.every((size) => size === 0)) return x;
  const [, , h = 1, w = 1] = staticShape(x);
  const ends = g.int64s([h - cut[0]!, w - cut[1]!]);
  return g.op('Slice', [x, g.int64s([0, 0]), ends, g.int64s([2, 3])]);
}

/**
 * Depthwise: a convolution of x with dy as its kernel, a group for each channel of each sample. The blocks of dy are
 * already in the order of that kernel.
 */
function depthwise(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  const { x, w, kernels } = conv;
  const { block } = kernels;
  const { cut, window } = exchangedWindow(conv);
  const [n = 1, c = 1, ...output] = staticShape(dy);
  const input = croppedBlocked(g, conv, cut);
  const inputShape = staticShape(input).slice(2);
  const perSample = blockedConv(
    g,
    { x: reshape(g, input, [1, n * c, ...inputShape]), filter: reshape(g, dy, [n * c, 1, ...output]) },
    { ...window, kernel: output, group: n * c },
  );
  const taps = product(staticShape(w).slice(2));
  const rows = reshape(g, perSample, [n, c * taps]);
  const sum = g.op('ReduceSum', [rows, g.int64s([0])], { keepdims: 0 });
  const byChannel = transpose(g, reshape(g, sum, [staticShape(x)[1]! / block, taps, block]), [0, 2, 1]);
  return firstRows(g, reshape(g, byChannel, [c, taps]), staticShape(w));
}

function croppedBlocked(
  g: GraphBuilder,
  { x, kernels: { block } }: Convolution,
  cut: readonly number[],
): Value {
  if (cut.every((size) => size === 0)) return x;
  const [n = 1, c = 1, h = 1, w = 1] = staticShape(x);
  const [rows, columns] = [h - cut[0]!, w - cut[1]!];
  const blocks = reshape(g, x, [n * (c / block), h, w * block]);
  const ends = g.int64s([rows, columns * block]);
  const part = g.op('Slice', [blocks, g.int64s([0, 0]), ends, g.int64s([1, 2])]);
  return reshape(g, part, [n, c, rows, columns]);
}

/** The first rows of a matrix, as many as `shape` has, in that shape. */
function firstRows(g: GraphBuilder, rows: Value, shape: readonly number[]): Value {
  const all = staticShape(rows)[0] === shape[0];
  const kept = all ? rows : g.op('Slice', [rows, g.int64s([0]), g.int64s([shape[0]!]), g.int64s([0])]);
  return reshape(g, kept, shape);
}

const hasUnitStride = ({ strides }: Convolution): boolean => strides.every((stride) => stride === 1);

/** A 1x1 convolution over those positions of its input that its stride lets through. */
function subsampled(g: GraphBuilder, conv: Convolution): Convolution {
  if (hasUnitStride(conv)) return conv;
  // The maximum of a single element is the cheapest strided copy.
  return { ...conv, x: maxPool(g, conv.x, conv), strides: [1, 1] };
}

/**
 * 1x1: one matrix product per sample, summed over the batch; or one over batch and space, where the operands are smaller
 * than the products of all samples would be.
 */
function matrixProduct(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  const { w, channels } = conv;
  const [n = 1, , ...space] = staticShape(dy);
  const [m = 1] = staticShape(w);
  const positions = product(space);
  const [rows, columns] = [reorderOutput(g, dy, m), plainInput(g, conv)];
  const [a, b] = [reshape(g, rows, [n, m, positions]), reshape(g, columns, [n, channels, positions])];
  if (m * channels > 2 * (m + channels) * positions) {
    const last = (value: Value, size: number): Value =>
      reshape(g, transpose(g, value, [0, 2, 1]), [n * positions, size]);
    const sum = g.op('FusedMatMul', [last(a, m), last(b, channels)], { transA: 1 }, microsoft);
    return reshape(g, sum, staticShape(w));
  }
  const perSample = g.op('FusedMatMul', [a, b], { transB: 1 }, microsoft);
  const flat = reshape(g, perSample, [n, m * channels]);
  return reshape(g, g.op('ReduceSum', [flat, g.int64s([0])], { keepdims: 0 }), staticShape(w));
}

/**
 * Any other: a convolution of x with dy as its kernel, in which the samples are channels. Needs whole blocks of samples.
 */
function batchAsChannels(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  const { w, kernels } = conv;
  const { block } = kernels;
  const { cut, window } = exchangedWindow(conv);
  const [n = 1, mPadded = 1, ...output] = staticShape(dy);
  const [top, left, bottom, right] = window.pads as [number, number, number, number];
  const plain = widenedPlain(g, conv, { cut, borders: [left, right] });
  const x = reorderInput(g, transpose(g, plain, [1, 0, 2, 3]));
  const blocks = reshape(g, dy, [n / block, block, mPadded / block, product(output), block]);
  const filter = reshape(g, transpose(g, blocks, [2, 0, 3, 1, 4]), [mPadded, n, ...output]);
  const pads = [top, 0, bottom, 0];
  const taps = blockedConv(g, { x, filter }, { ...window, pads, kernel: output, group: 1 });
  const [m = 1, c = 1, ...kernel] = staticShape(w);
  const parts = reshape(g, taps, [c, mPadded / block, product(kernel), block]);
  const rows = reshape(g, transpose(g, parts, [1, 3, 0, 2]), [mPadded, c * product(kernel)]);
  return firstRows(g, rows, [m, c, ...kernel]);
}

/**
 * The input in plain layout, with zero columns left and right: the kernel would compute each output column that touches
 * its own padding by itself. They are added while it is blocked, when a column is more than a single number.
 */
function widenedPlain(
  g: GraphBuilder,
  conv: Convolution,
  { cut, borders }: { cut: readonly number[]; borders: readonly [number, number] },
): Value {
  if (conv.plainInput) return widened(g, cropped(g, conv.x, cut), { borders, block: 1 });
  const { block } = conv.kernels;
  return reorderOutput(g, widened(g, croppedBlocked(g, conv, cut), { borders, block }), conv.channels);
}

function widened(
  g: GraphBuilder,
  x: Value,
  { borders, block }: { borders: readonly [number, number]; block: number },
): Value {
  const [n = 1, c = 1, h = 1, w = 1] = staticShape(x);
  const rows = n * (c / block) * h;
  const [left, right] = borders.map((size) => (size > 0 ? [zeros(g, [rows, size * block])] : []));
  const parts = [...left!, reshape(g, x, [rows, w * block]), ...right!];
  if (parts.length === 1) return x;
  return reshape(g, g.op('Concat', parts, { axis: 1 }), [n, c, h, w + borders[0] + borders[1]]);
}
