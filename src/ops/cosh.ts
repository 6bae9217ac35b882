import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const cosh: Op = {
  type: 'Cosh',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { mul } = arithmetic(g);
    return [mul(dy, g.op('Sinh', [x]))];
  },
  channels: sameChannels,
};
