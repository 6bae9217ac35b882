import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Ones on the k-th diagonal of a matrix of the input's shape. */
export const eyeLike: Op = {
  type: 'EyeLike',
  infer(node) {
    requireRank(node, 0, 2);
    const { dtype, shape } = node.input(0);
    return [{ dtype: attributeDtype(node, 'dtype', dtype), shape }];
  },
  cost: moves,
  parameters: [],
};
