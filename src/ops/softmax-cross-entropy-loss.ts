import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferLoss } from './loss.ts';
import { classLoss } from './loss-grad.ts';
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
  grad: (c) => {
    const { mul, sub, sum } = arithmetic(c.g);
    const { weights, share } = classLoss(c);
    const probabilities = c.g.op('Softmax', [c.node.input(0)], { axis: 1 });
    return [mul(sub(mul(probabilities, sum(weights, [1])), weights), share)];
  },
};
