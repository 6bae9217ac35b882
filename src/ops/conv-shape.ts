import { formatShape, type Node, type Shape } from '../ir/index.ts';
import { costShape, countOf } from './cost.ts';
import { unknownDims } from './dims.ts';
import { requireRank } from './inputs.ts';
import { type WindowAxis, windowAxes } from './window.ts';

/** Which inputs of a convolution hold its weight and its bias, if it can have one; X is the first. */
export interface ConvInputs {
  readonly weight: number;
  readonly bias?: number;
  /** Shape of X as [N, C, ...], where the node has it otherwise. */
  readonly image?: (node: Node) => Shape | undefined;
}

const standard: ConvInputs = { weight: 1, bias: 2 };

const imageOf = (node: Node, { image }: ConvInputs): Shape | undefined =>
  image ? image(node) : node.input(0).shape;

/** How the kernel slides over X; undefined if the rank is unknown. */
export function convWindow(node: Node, inputs = standard): WindowAxis[] | undefined {
  const x = imageOf(node, inputs);
  const w = node.input(inputs.weight).shape;
  const rank = (x ?? w)?.length;
  if (rank === undefined) return undefined;
  const kernel = w?.slice(2) ?? node.ints('kernel_shape') ?? unknownDims(rank - 2);
  return windowAxes(node, x?.slice(2) ?? unknownDims(rank - 2), kernel);
}

/** Output shape [N, M, ...]. Throws ModelError if X, weight and bias do not fit each other. */
export function convShape(node: Node, inputs = standard): Shape | undefined {
  const x = imageOf(node, inputs);
  const w = node.input(inputs.weight).shape;
  requireRank(node, 0, 3, Infinity);
  requireRank(node, inputs.weight, x?.length ?? 3, x?.length ?? Infinity);
  if (w) checkWeight(node, x, w);
  if (w && inputs.bias !== undefined) checkBias(node, w[0] ?? null, inputs.bias);
  const window = convWindow(node, inputs);
  return window && [x?.[0] ?? null, w?.[0] ?? null, ...window.map((axis) => axis.output)];
}

/** Multiply-accumulates: one for each output element and weight of its channel. */
export function convMacs(node: Node, { weight } = standard): number {
  const output = costShape(node, node.output());
  return countOf(output) * countOf(costShape(node, node.input(weight)).slice(1));
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

/** Throws ModelError unless the bias, if there is one, has shape [channels]. */
export function checkBias(node: Node, channels: number | string | null, bias = 2): void {
  requireRank(node, bias, 1);
  const size = node.inputs[bias]?.shape?.[0];
  if (typeof size === 'number' && typeof channels === 'number' && size !== channels)
    throw node.error(`bias must have ${channels} elements, has ${size}`);
}
