import { formatShape, type Node, type Shape } from '../ir/index.ts';
import { broadcastShapes } from './broadcast.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import { matMulGrad } from './matrix-grad.ts';
import type { Op } from './op.ts';

/** Matrix product as numpy's: leading dimensions broadcast, a vector is a row on the left and a column on the right. */
export const matMul: Op = {
  type: 'MatMul',
  infer(node) {
    return [{ dtype: sharedDtype(node, 'number'), shape: productShape(node) }];
  },
  cost(node) {
    const inner = costShape(node, node.input(0)).at(-1)!;
    const macs = countOf(costShape(node, node.output())) * countOf([inner]);
    return { macs, bytes: bytesOf(node) };
  },
  parameters: [0, 1],
  quantize: {
    kind: 'weighted',
    weight: 1,
    axis: (node) => (node.input(1).shape?.length ?? 1) - 1,
    // onnxruntime's int8 kernel refuses a batch of matrices with more than one scale, and a vector has one channel.
    perChannel: (node) => node.input(1).shape?.length === 2,
  },
  grad: matMulGrad,
};

function productShape(node: Node): Shape | undefined {
  requireRank(node, 0, 1, Infinity);
  requireRank(node, 1, 1, Infinity);
  const a = node.input(0).shape;
  const b = node.input(1).shape;
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
