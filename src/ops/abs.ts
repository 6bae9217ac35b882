import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const abs: Op = {
  type: 'Abs',
  infer: inferUnary('number'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { mul, sign } = arithmetic(g);
    return [mul(dy, sign(x))];
  },
  channels: sameChannels,
};
