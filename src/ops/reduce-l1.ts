import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes } from './reduce-grad.ts';

/** Sum of absolute values. */
export const reduceL1: Op = {
  type: 'ReduceL1',
  infer: inferReduce,
  cost: moves,
  grad: (c) => {
    const { mul, sign } = arithmetic(c.g);
    return [mul(keptAxes(c).dy, sign(c.node.input(0)))];
  },
  channels: reduceChannels,
};
