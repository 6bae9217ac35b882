import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const atan: Op = {
  type: 'Atan',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { add, div, mul, square } = arithmetic(g);
    return [mul(dy, div(1, add(square(x), 1)))];
  },
  channels: sameChannels,
};
