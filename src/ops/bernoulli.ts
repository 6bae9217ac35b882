import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import type { Op } from './op.ts';

/** Ones with the probabilities in the input, else zeros. */
export const bernoulli: Op = {
  type: 'Bernoulli',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype: attributeDtype(node, 'dtype', dtype), shape }];
  },
  cost: moves,
  parameters: [],
};
