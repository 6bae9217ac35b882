import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { spread } from './reduce-grad.ts';

export const reduceSum: Op = {
  type: 'ReduceSum',
  infer: inferReduce,
  cost: moves,
  grad: (c) => [spread(c, false)],
  channels: reduceChannels,
};
