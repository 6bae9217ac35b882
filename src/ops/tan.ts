import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const tan: Op = {
  type: 'Tan',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const y = node.output();
    const { add, mul, square } = arithmetic(g);
    return [mul(dy, add(square(y), 1))];
  },
  channels: sameChannels,
};
