import { moves } from './cost.ts';
import { inferLoss } from './loss.ts';
import type { Op } from './op.ts';

/** Inputs log-probabilities [N, C, ...], classes [N, ...], weights [C]. */
export const negativeLogLikelihoodLoss: Op = {
  type: 'NegativeLogLikelihoodLoss',
  infer: (node) => [inferLoss(node)],
  cost: moves,
  parameters: [],
};
