import { moves } from '../cost.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Inputs X, positions, cosines, sines; turns pairs of features by angles that grow with the position (Su et al., 2021). */
export const rotaryEmbedding: Op = {
  type: 'RotaryEmbedding',
  domain: microsoft,
  infer: (node) => [{ dtype: node.input(0).dtype, shape: node.input(0).shape }],
  cost: moves,
  parameters: [],
};
