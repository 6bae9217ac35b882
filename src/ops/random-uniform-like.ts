import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import type { Op } from './op.ts';

/** Uniform noise of the input's shape. */
export const randomUniformLike: Op = {
  type: 'RandomUniformLike',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype: attributeDtype(node, 'dtype', dtype), shape }];
  },
  cost: moves,
  parameters: [],
};
