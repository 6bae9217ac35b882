import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const cos: Op = {
  type: 'Cos',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { mul, neg } = arithmetic(g);
    return [mul(dy, neg(g.op('Sin', [x])))];
  },
  channels: sameChannels,
};
