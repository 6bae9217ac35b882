import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs boxes [N, boxes, 4], scores [N, classes, boxes] and limits; rows of batch, class and box that are kept. */
export const nonMaxSuppression: Op = {
  type: 'NonMaxSuppression',
  infer(node) {
    requireRank(node, 0, 3);
    requireRank(node, 1, 3);
    return [{ dtype: 'int64', shape: [null, 3] }];
  },
  cost: moves,
  parameters: [],
};
