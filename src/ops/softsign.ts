import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const softsign: Op = {
  type: 'Softsign',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { add, div, mul, square } = arithmetic(g);
    return [mul(dy, div(1, square(add(g.op('Abs', [x]), 1))))];
  },
  channels: sameChannels,
};
