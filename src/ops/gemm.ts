import { type Dim, formatShape, type Node } from '../ir/index.ts';
import { requireBroadcastTo } from './broadcast.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import { gemmChannels } from './matrix-channels.ts';
import { gemmGrad } from './matrix-grad.ts';
import type { Op } from './op.ts';

/** alpha * A' B' + beta * C, with A' [M, K], B' [K, N] after the transposes that transA and transB ask for. */
export const gemm: Op = {
  type: 'Gemm',
  infer(node) {
    const dtype = sharedDtype(node, 'number');
    const [m, k] = matrix(node, 0, 'transA');
    const [inner, n] = matrix(node, 1, 'transB');
    if (typeof k === 'number' && typeof inner === 'number' && k !== inner)
      throw node.error(
        `inner sizes must be equal, are ${k} of A ${formatShape(node.input(0).shape)} and ${inner} of B ${formatShape(node.input(1).shape)}`,
      );
    requireBroadcastTo(node, node.inputs[2]?.shape, [m, n]);
    return [{ dtype, shape: [m, n] }];
  },
  cost(node) {
    const b = costShape(node, node.input(1));
    const k = node.int('transB', 0) ? b[1]! : b[0]!;
    const macs = countOf(costShape(node, node.output())) * countOf([k]);
    return { macs, bytes: bytesOf(node) };
  },
  parameters: [1, 2],
  quantize: {
    kind: 'weighted',
    weight: 1,
    bias: 2,
    axis: (node) => (node.int('transB', 0) ? 0 : 1),
    // onnxruntime's int8 kernel multiplies the int32 bias by alpha, which the operator does not.
    obstacle: (node) =>
      node.float('alpha', 1) === 1 && node.float('beta', 1) === 1 ? undefined : 'its alpha or beta is not 1',
  },
  grad: gemmGrad,
  channels: gemmChannels,
};

function matrix(node: Node, index: number, flag: string): [Dim, Dim] {
  requireRank(node, index, 2);
  const [rows, columns] = (node.input(index).shape ?? [null, null]) as [Dim, Dim];
  return node.int(flag, 0) ? [columns, rows] : [rows, columns];
}
