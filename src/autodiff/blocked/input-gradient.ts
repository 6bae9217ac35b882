import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { standardInputGradient } from '../../ops/conv-grad.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape } from '../../ops/sum-to.ts';
import type { Convolution } from './convolution.ts';
import { depthwiseFilter, exchangedDenseFilter, reversedTaps, type Taps } from './filters.ts';
import { zeros } from './layout.ts';
import { blockedConv, reorderInput, reorderOutput } from './nchwc.ts';
import { phasesOf } from './phases.ts';

/** Gradient of the input, in the input's layout. dy is blocked. */
export function inputGradient(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  const blocked = unitStride(g, conv, dy) ?? byPhases(g, conv, dy);
  if (!blocked) return throughPlain(g, conv, dy);
  return conv.plainInput ? reorderOutput(g, blocked, conv.channels) : blocked;
}

/** Stride 1: a convolution with mirrored kernels. */
function unitStride(g: GraphBuilder, conv: Convolution, dy: Value): Value | undefined {
  const { kernel, pads, dilations, unreached } = conv;
  if (conv.strides.some((stride) => stride !== 1)) return undefined;
  const mirrored = [...pads.keys()].map((i) => {
    const past = i < 2 ? 0 : unreached[i - 2]!;
    return dilations[i % 2]! * (kernel[i % 2]! - 1) - pads[i]! + past;
  });
  if (mirrored.some((pad) => pad < 0)) return undefined;
  return convolve(g, conv, { dy, taps: reversedTaps(kernel), pads: mirrored, dilations });
}

/**
 * Strides: one convolution of stride 1 for each phase, which is a row and column of the input modulo the strides, with
 * those taps that meet it. Then the phases are interleaved.
 */
function byPhases(g: GraphBuilder, conv: Convolution, dy: Value): Value | undefined {
  const [, c = 1, ...input] = staticShape(conv.x);
  const output = staticShape(dy).slice(2);
  const phases = phasesOf(conv, input, output);
  if (!phases) return undefined;
  const [n = 1] = staticShape(dy);
  const channels = conv.plainInput ? conv.kernels.block : c;
  const [rows, columns] = phases;
  const [height = 1, width = 1] = [rows!, columns!].map((axis) => axis[0]!.size);
  const pixels = n * (channels / conv.kernels.block) * height * width;
  const lines = rows!.map((row) => {
    const parts = columns!.map((column) => {
      const order = row.taps.flatMap((i) => column.taps.map((j) => i * conv.kernel[1]! + j));
      const taps = { order, kernel: [row.taps.length, column.taps.length] };
      const pads = [row.padBegin, column.padBegin, row.padEnd, column.padEnd];
      const part = order.length === 0 ? undefined : convolve(g, conv, { dy, taps, pads, dilations: [1, 1] });
      return part ? reshape(g, part, [pixels, conv.kernels.block]) : zeros(g, [pixels, conv.kernels.block]);
    });
    return reshape(g, joined(g, parts), [
      pixels / width,
      product([width, columns!.length, conv.kernels.block]),
    ]);
  });
  return reshape(g, joined(g, lines), [n, channels, ...input]);
}

const joined = (g: GraphBuilder, parts: readonly Value[]): Value =>
  parts.length === 1 ? parts[0]! : g.op('Concat', parts, { axis: 1 });

function convolve(
  g: GraphBuilder,
  { w, depthwise, kernels: { block } }: Convolution,
  { dy, taps, pads, dilations }: { dy: Value; taps: Taps; pads: number[]; dilations: readonly number[] },
): Value {
  const filter = depthwise
    ? depthwiseFilter(g, w, { block, taps })
    : exchangedDenseFilter(g, w, { block, taps });
  const group = depthwise ? staticShape(dy)[1]! : 1;
  const window = { kernel: taps.kernel, strides: [1, 1], pads, dilations, group };
  return blockedConv(g, { x: dy, filter }, window);
}

/** Whatever is left: the standard operators, on plain values. */
function throughPlain(g: GraphBuilder, conv: Convolution, dy: Value): Value {
  const { w, depthwise, channels, plainInput } = conv;
  const plain = reorderOutput(g, dy, staticShape(w)[0]!);
  const dx = standardInputGradient(g, { ...conv, group: depthwise ? channels : 1, dy: plain });
  return plainInput ? dx : reorderInput(g, dx);
}
