import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferLoss } from './loss.ts';
import { classLoss } from './loss-grad.ts';
import type { Op } from './op.ts';

/** Inputs log-probabilities [N, C, ...], classes [N, ...], weights [C]. */
export const negativeLogLikelihoodLoss: Op = {
  type: 'NegativeLogLikelihoodLoss',
  infer: (node) => [inferLoss(node)],
  cost: moves,
  parameters: [],
  grad: (c) => {
    const { mul, neg } = arithmetic(c.g);
    const { weights, share } = classLoss(c);
    return [neg(mul(weights, share))];
  },
};
