import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Strings in one case and without stop words: how many are left is known at run time only. */
export const stringNormalizer: Op = {
  type: 'StringNormalizer',
  infer(node) {
    requireRank(node, 0, 1, 2);
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && [...shape.slice(0, -1), null] }];
  },
  cost: moves,
};
