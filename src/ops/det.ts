import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Determinants of square matrices. */
export const det: Op = {
  type: 'Det',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 2, Infinity);
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape?.slice(0, -2) }];
  },
  cost: moves,
};
