import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes } from './reduce-grad.ts';

export const reduceSumSquare: Op = {
  type: 'ReduceSumSquare',
  infer: inferReduce,
  cost: moves,
  grad: (c) => {
    const { mul } = arithmetic(c.g);
    return [mul(mul(keptAxes(c).dy, 2), c.node.input(0))];
  },
  channels: reduceChannels,
};
