import { moves } from './cost.ts';
import { inferLoss } from './loss.ts';
import type { Op } from './op.ts';

/** Inputs logits [N, C, ...], classes [N, ...], weights [C]; the optional second output holds log-probabilities. */
export const softmaxCrossEntropyLoss: Op = {
  type: 'SoftmaxCrossEntropyLoss',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [inferLoss(node), { dtype, shape }];
  },
  cost: moves,
  parameters: [],
};
