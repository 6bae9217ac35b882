import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** x where it is greater than alpha, else 0. */
export const thresholdedRelu: Op = {
  type: 'ThresholdedRelu',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { greater, mul } = arithmetic(g);
    return [mul(dy, greater(x, node.float('alpha', 1)))];
  },
  channels: sameChannels,
};
