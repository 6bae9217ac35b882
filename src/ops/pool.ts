import type { Node, Shape } from '../ir/index.ts';
import { requireRank } from './inputs.ts';
import { kernelShape, type WindowAxis, windowAxes } from './window.ts';

/** How the window of a pooling node slides over its input [N, C, ...]; undefined if the rank is unknown. */
export function poolWindow(node: Node): WindowAxis[] | undefined {
  requireRank(node, 0, 3, Infinity);
  const spatial = node.input(0).shape?.slice(2);
  return spatial && windowAxes(node, spatial, kernelShape(node, spatial.length));
}

/** Output shape [N, C, ...] of a pooling node. */
export function poolShape(node: Node): Shape | undefined {
  const window = poolWindow(node);
  return window && [...node.input(0).shape!.slice(0, 2), ...window.map((axis) => axis.output)];
}
