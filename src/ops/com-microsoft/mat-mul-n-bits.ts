import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Product of A [..., K] with a matrix [K, N] packed in blocks of few bits. Inputs A, B, scales, zero points. */
export const matMulNBits: Op = {
  type: 'MatMulNBits',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'float');
    const { dtype, shape } = node.input(0);
    const [k, n] = [node.int('K', 0), node.int('N', 0)];
    const inner = shape?.at(-1);
    if (typeof inner === 'number' && inner !== k)
      throw node.error(`A must have ${k} columns, the attribute K, has ${inner}`);
    return [{ dtype, shape: shape && [...shape.slice(0, -1), n] }];
  },
  cost: (node) => ({
    macs: countOf(costShape(node, node.output())) * node.int('K', 0),
    bytes: bytesOf(node),
  }),
  parameters: [1],
};
