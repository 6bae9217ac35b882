import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import type { Op } from './op.ts';

/** Normal noise of the input's shape. */
export const randomNormalLike: Op = {
  type: 'RandomNormalLike',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype: attributeDtype(node, 'dtype', dtype), shape }];
  },
  cost: moves,
  parameters: [],
};
