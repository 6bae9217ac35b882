import type { Dim, Node } from '../../ir/index.ts';
import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireDtype, requireRank } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Attention of query [batch, length, hidden] to key and value of that rank, or [batch, heads, length, head size]. */
export const multiHeadAttention: Op = {
  type: 'MultiHeadAttention',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 3, 5);
    const { dtype, shape } = node.input(0);
    if (shape?.length !== 3) return [{ dtype, shape: [null, null, null] }];
    return [{ dtype, shape: [shape[0]!, shape[1]!, valueWidth(node) ?? shape[2]!] }];
  },
  cost(node) {
    const [batch, length, width] = costShape(node, node.output()) as [Dim, Dim, Dim];
    const keys = countOf([keyLength(node) ?? length]);
    const hidden = costShape(node, node.input(0));
    const perPair = countOf([hidden.length === 3 ? hidden[2]! : width]) + countOf([width]);
    return { macs: countOf([batch, length]) * keys * perPair, bytes: bytesOf(node) };
  },
  parameters: [3],
};

/** Features of the value; undefined if it is the query's own. */
function valueWidth(node: Node): Dim | undefined {
  const shape = node.inputs[2]?.shape;
  if (shape?.length === 3) return shape[2]!;
  if (shape?.length !== 4) return undefined;
  const [heads, size] = [shape[1]!, shape[3]!];
  return typeof heads === 'number' && typeof size === 'number' ? heads * size : null;
}

function keyLength(node: Node): Dim | undefined {
  const shape = node.inputs[1]?.shape;
  return shape?.[shape.length === 4 ? 2 : 1];
}
