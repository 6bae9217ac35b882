import { moves } from '../cost.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';
import { inferSkip } from './skip-normalization.ts';

/** LayerNormalization of input + skip + bias. Inputs input, skip, gamma, beta, bias. */
export const skipLayerNormalization: Op = {
  type: 'SkipLayerNormalization',
  domain: microsoft,
  infer: inferSkip,
  cost: moves,
  parameters: [2, 3, 4],
};
