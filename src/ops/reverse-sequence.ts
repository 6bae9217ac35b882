import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Reverses the first elements of each sequence, as many as input 1 says. */
export const reverseSequence: Op = {
  type: 'ReverseSequence',
  infer(node) {
    requireRank(node, 0, 2, Infinity);
    requireRank(node, 1, 1);
    requireDtype(node, 1, 'integer');
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape }];
  },
  cost: moves,
  parameters: [],
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => {
    const attributes = { batch_axis: node.int('batch_axis', 1), time_axis: node.int('time_axis', 0) };
    return [g.op('ReverseSequence', [dy, node.input(1)], attributes)];
  },
};
