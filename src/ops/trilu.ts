import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** The upper or lower triangle of matrices, else 0; input 1 moves the diagonal. */
export const trilu: Op = {
  type: 'Trilu',
  infer(node) {
    requireRank(node, 0, 2, Infinity);
    requireRank(node, 1, 0, 1);
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape }];
  },
  cost: moves,
  parameters: [],
  grad: ({ node, g, dy }) => [g.op('Trilu', [dy, node.inputs[1]], { upper: node.int('upper', 1) })],
};
