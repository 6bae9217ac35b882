import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** x - bias above lambd, x + bias below -lambd, else 0. */
export const shrink: Op = {
  type: 'Shrink',
  infer: inferUnary('number'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { add, greater, less, mul } = arithmetic(g);
    const lambda = node.float('lambd', 0.5);
    return [mul(dy, add(greater(x, lambda), less(x, -lambda)))];
  },
  channels: sameChannels,
};
