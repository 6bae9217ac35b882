import { type Dim, formatShape, type Node } from '../../ir/index.ts';
import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireDtype, requireRank } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Gemm of quantized A and B. Inputs A, scale, zero point; B, scale, zero point; C; y's scale, zero point: else float. */
export const qGemm: Op = {
  type: 'QGemm',
  domain: microsoft,
  infer(node) {
    for (const index of [0, 3]) requireDtype(node, index, 'integer');
    const [m, k] = matrix(node, 0, 'transA');
    const [inner, n] = matrix(node, 3, 'transB');
    if (typeof k === 'number' && typeof inner === 'number' && k !== inner)
      throw node.error(
        `inner sizes must be equal, are those of ${formatShape(node.input(0).shape)} and ${formatShape(node.input(3).shape)}`,
      );
    return [{ dtype: node.inputs[8] ? node.inputs[8].dtype : 'float32', shape: [m, n] }];
  },
  cost(node) {
    for (const index of [0, 3]) costShape(node, node.input(index));
    const inner = matrix(node, 3, 'transB')[0];
    return { macs: countOf(costShape(node, node.output())) * countOf([inner]), bytes: bytesOf(node) };
  },
  parameters: [3, 6],
};

function matrix(node: Node, index: number, flag: string): [Dim, Dim] {
  requireRank(node, index, 2);
  const [rows, columns] = (node.input(index).shape ?? [null, null]) as [Dim, Dim];
  return node.int(flag, 0) ? [columns, rows] : [rows, columns];
}
