import { formatShape, type Node, type Shape } from '../ir/index.ts';
import { convGrad } from './conv-grad.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { unknownDims } from './dims.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { type WindowAxis, windowAxes } from './window.ts';

/** Convolution of X [N, C, ...] with W [M, C/group, ...] and bias [M], over one to three spatial axes or more. */
export const conv: Op = {
  type: 'Conv',
  infer(node) {
    const dtype = sharedDtype(node, 'float', [0, 1, 2]);
    return [{ dtype, shape: convShape(node) }];
  },
  cost(node) {
    const weight = costShape(node, node.input(1));
    const output = costShape(node, node.output());
    return { macs: countOf(output) * countOf(weight.slice(1)), bytes: bytesOf(node) };
  },
  parameters: [1, 2],
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: () => 0 },
  grad: convGrad,
};

/** How the kernel slides over X; undefined if the rank is unknown. */
export function convWindow(node: Node): WindowAxis[] | undefined {
  const x = node.input(0).shape;
  const w = node.input(1).shape;
  const rank = (x ?? w)?.length;
  if (rank === undefined) return undefined;
  const kernel = w?.slice(2) ?? node.ints('kernel_shape') ?? unknownDims(rank - 2);
  return windowAxes(node, x?.slice(2) ?? unknownDims(rank - 2), kernel);
}

function convShape(node: Node): Shape | undefined {
  const x = node.input(0).shape;
  const w = node.input(1).shape;
  requireRank(node, 0, 3, Infinity);
  requireRank(node, 1, x?.length ?? 3, x?.length ?? Infinity);
  if (w) checkWeight(node, x, w);
  const window = convWindow(node);
  return window && [x?.[0] ?? null, w?.[0] ?? null, ...window.map((axis) => axis.output)];
}

function checkWeight(node: Node, x: Shape | undefined, w: Shape): void {
  const group = node.int('group', 1);
  const [m, perGroup] = w;
  const channels = x?.[1];
  if (typeof m === 'number' && m % group !== 0)
    throw node.error(`output channels must be a multiple of group ${group}, are ${m}`);
  if (typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup * group)
    throw node.error(
      `input must have ${perGroup * group} channels (weight ${formatShape(w)}, group ${group}), has ${channels}`,
    );
  checkKernel(node, w);
  checkBias(node, m ?? null);
}

function checkKernel(node: Node, w: Shape): void {
  const kernel = node.ints('kernel_shape');
  if (!kernel) return;
  const spatial = w.slice(2);
  const fits =
    kernel.length === spatial.length &&
    spatial.every((dim, i) => typeof dim !== 'number' || dim === kernel[i]);
  if (!fits)
    throw node.error(`kernel_shape must be the weight's ${formatShape(spatial)}, is ${formatShape(kernel)}`);
}

/** Throws ModelError unless input 2, if there is one, has shape [channels]. */
export function checkBias(node: Node, channels: number | string | null): void {
  requireRank(node, 2, 1);
  const size = node.inputs[2]?.shape?.[0];
  if (typeof size === 'number' && typeof channels === 'number' && size !== channels)
    throw node.error(`bias must have ${channels} elements, has ${size}`);
}
