import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** Indices of the elements that are not 0, one column each. */
export const nonZero: Op = {
  type: 'NonZero',
  infer(node) {
    const { shape } = node.input(0);
    return [{ dtype: 'int64', shape: [shape ? shape.length : null, null] }];
  },
  cost: moves,
};
