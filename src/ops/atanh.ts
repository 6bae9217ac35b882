import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const atanh: Op = {
  type: 'Atanh',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { div, mul, square, sub } = arithmetic(g);
    return [mul(dy, div(1, sub(1, square(x))))];
  },
  channels: sameChannels,
};
