import { formatShape, type Node, type Shape } from '../ir/index.ts';
import { broadcastShapes } from './broadcast.ts';
import { costShape, countOf } from './cost.ts';
import { requireRank } from './inputs.ts';

/** Shape of the product of input 0 and input `right`, as numpy's matmul. */
export function productShape(node: Node, right = 1): Shape | undefined {
  requireRank(node, 0, 1, Infinity);
  requireRank(node, right, 1, Infinity);
  return matMulShape(node, node.input(0).shape, node.input(right).shape);
}

/** Multiply-accumulates: the inner size for each output element. */
export function productMacs(node: Node): number {
  const inner = costShape(node, node.input(0)).at(-1)!;
  return countOf(costShape(node, node.output())) * countOf([inner]);
}

/** Shape of a product of matrices, of stacks of them, or of vectors. Throws ModelError if they do not fit. */
export function matMulShape(node: Node, a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (!a || !b) return undefined;
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  checkInner(node, left, right);
  const batch = broadcastShapes(node, [left.slice(0, -2), right.slice(0, -2)])!;
  const rows = a.length === 1 ? [] : left.slice(-2, -1);
  const columns = b.length === 1 ? [] : right.slice(-1);
  return [...batch, ...rows, ...columns];
}

function checkInner(node: Node, left: Shape, right: Shape): void {
  const k = left.at(-1);
  const inner = right.at(-2);
  if (typeof k !== 'number' || typeof inner !== 'number' || k === inner) return;
  throw node.error(`inner sizes must be equal, are those of ${formatShape(left)} and ${formatShape(right)}`);
}
