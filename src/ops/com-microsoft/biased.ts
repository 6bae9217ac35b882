import type { Node, TensorType, Value } from '../../ir/index.ts';
import { requireBroadcastTo } from '../broadcast.ts';
import { requireRank, sharedDtype } from '../inputs.ts';
import type { GradContext } from '../op.ts';

/** Output as X, with an optional bias over its last axis as input 1. */
export function inferBiased(node: Node): TensorType[] {
  const { shape } = node.input(0);
  requireRank(node, 1, 1);
  if (shape) requireBroadcastTo(node, node.inputs[1]?.shape, shape);
  return [{ dtype: sharedDtype(node, 'float'), shape }];
}

/** X plus the bias, if there is one. */
export const biased = ({ node, g }: GradContext): Value =>
  node.inputs[1] ? g.op('Add', [node.input(0), node.inputs[1]]) : node.input(0);
