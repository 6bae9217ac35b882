import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { checkBias } from './conv.ts';
import { convTransposeGrad } from './conv-transpose-grad.ts';
import { convTransposeChannels } from './convolution-channels.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { unknownDims } from './dims.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { extent, windowAttributes } from './window.ts';

/** Transposed convolution of X [N, C, ...] with W [C, M/group, ...] and bias [M]. */
export const convTranspose: Op = {
  type: 'ConvTranspose',
  infer(node) {
    const dtype = sharedDtype(node, 'float', [0, 1, 2]);
    return [{ dtype, shape: transposedShape(node) }];
  },
  cost(node) {
    const input = costShape(node, node.input(0));
    const weight = costShape(node, node.input(1));
    return { macs: countOf(input) * countOf(weight.slice(1)), bytes: bytesOf(node) };
  },
  parameters: [1, 2],
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: () => 1 },
  grad: convTransposeGrad,
  channels: convTransposeChannels,
};

function transposedShape(node: Node): Shape | undefined {
  const x = node.input(0).shape;
  const w = node.input(1).shape;
  requireRank(node, 0, 3, Infinity);
  requireRank(node, 1, x?.length ?? 3, x?.length ?? Infinity);
  const rank = (x ?? w)?.length;
  if (rank === undefined) return undefined;
  const channels = outputChannels(node, x, w);
  checkBias(node, channels);
  const kernel = w?.slice(2) ?? node.ints('kernel_shape') ?? unknownDims(rank - 2);
  const spatial = x?.slice(2) ?? unknownDims(rank - 2);
  return [x?.[0] ?? null, channels, ...spatialSizes(node, spatial, kernel)];
}

function outputChannels(node: Node, x: Shape | undefined, w: Shape | undefined): Dim {
  const [inputs, perGroup] = w ?? [null, null];
  const channels = x?.[1];
  if (typeof channels === 'number' && typeof inputs === 'number' && channels !== inputs)
    throw node.error(`input must have ${inputs} channels (weight ${formatShape(w)}), has ${channels}`);
  return typeof perGroup === 'number' ? perGroup * node.int('group', 1) : null;
}

function spatialSizes(node: Node, spatial: Shape, kernel: Shape): Dim[] {
  const wanted = node.ints('output_shape');
  if (wanted?.length) return wanted.slice(-spatial.length);
  const { strides, dilations, pads, autoPad } = windowAttributes(node, spatial.length);
  const extra = node.ints('output_padding') ?? [];
  return spatial.map((input, i) => {
    const size = kernel[i] ?? null;
    const stride = strides[i]!;
    if (autoPad.startsWith('SAME')) return scaled(input, stride, 0);
    if (typeof size !== 'number') return null;
    const padding = autoPad === 'VALID' ? 0 : pads[i]! + pads[i + spatial.length]!;
    return scaled(input, stride, extent(size, dilations[i]!) + (extra[i] ?? 0) - padding - stride);
  });
}

/** `input * factor + offset` */
function scaled(input: Dim, factor: number, offset: number): Dim {
  if (typeof input === 'number') return input * factor + offset;
  return factor === 1 && offset === 0 ? input : null;
}
