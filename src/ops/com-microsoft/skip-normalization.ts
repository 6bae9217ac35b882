import type { Node, TensorType } from '../../ir/index.ts';
import { requireRank, sharedDtype } from '../inputs.ts';

/** Types of the normalized sum, its statistics, and the sum itself. */
export function inferSkip(node: Node): TensorType[] {
  requireRank(node, 0, 2, 3);
  const dtype = sharedDtype(node, 'float');
  const { shape } = node.input(0);
  const statistics: TensorType = { dtype: 'float32', shape: shape && [...shape.slice(0, -1), 1] };
  return [{ dtype, shape }, statistics, statistics, { dtype, shape }];
}
