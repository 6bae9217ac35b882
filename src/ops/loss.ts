import type { Node, TensorType } from '../ir/index.ts';
import { requireDtype, requireRank } from './inputs.ts';

/** Type of a loss over classes: a scalar, or one element for each target with reduction='none'. */
export function inferLoss(node: Node): TensorType {
  requireDtype(node, 0, 'float');
  requireDtype(node, 1, 'integer');
  requireRank(node, 0, 2, Infinity);
  const { dtype, shape } = node.input(0);
  const reduction = node.string('reduction', 'mean');
  if (!['none', 'mean', 'sum'].includes(reduction))
    throw node.error(`reduction must be none, mean or sum, is ${reduction}`);
  if (reduction !== 'none') return { dtype, shape: [] };
  return { dtype, shape: node.input(1).shape ?? shape?.filter((_, i) => i !== 1) };
}
