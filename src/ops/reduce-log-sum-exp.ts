import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes } from './reduce-grad.ts';

export const reduceLogSumExp: Op = {
  type: 'ReduceLogSumExp',
  infer: inferReduce,
  cost: moves,
  grad: (c) => {
    const { mul, exp, sub } = arithmetic(c.g);
    const { y, dy } = keptAxes(c);
    return [mul(dy, exp(sub(c.node.input(0), y)))];
  },
  channels: reduceChannels,
};
