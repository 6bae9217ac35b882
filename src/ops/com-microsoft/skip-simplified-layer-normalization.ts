import { moves } from '../cost.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';
import { inferSkip } from './skip-normalization.ts';

/** RMSNormalization of input + skip + bias. Inputs input, skip, gamma, bias. */
export const skipSimplifiedLayerNormalization: Op = {
  type: 'SkipSimplifiedLayerNormalization',
  domain: microsoft,
  infer: inferSkip,
  cost: moves,
  parameters: [2, 3],
};
