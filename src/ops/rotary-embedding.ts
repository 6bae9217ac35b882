import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs X, cosines, sines, positions; turns pairs of features by angles that grow with the position (Su et al., 2021). */
export const rotaryEmbedding: Op = {
  type: 'RotaryEmbedding',
  infer(node) {
    requireRank(node, 0, 3, 4);
    return [{ dtype: node.input(0).dtype, shape: node.input(0).shape }];
  },
  cost: moves,
  parameters: [],
};
