import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const erf: Op = {
  type: 'Erf',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { exp, mul, neg, square } = arithmetic(g);
    return [mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))))];
  },
  channels: sameChannels,
};
