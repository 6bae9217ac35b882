import type { Node, TensorType } from '../ir/index.ts';
import { requireDtype, requireRank } from './inputs.ts';

/** Output type of a pooling over all of the spatial axes of [N, C, ...]. */
export function inferGlobalPool(node: Node): TensorType[] {
  requireDtype(node, 0, 'float');
  requireRank(node, 0, 3, Infinity);
  const { dtype, shape } = node.input(0);
  return [{ dtype, shape: shape?.map((dim, i) => (i < 2 ? dim : 1)) }];
}
