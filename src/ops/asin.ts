import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const asin: Op = {
  type: 'Asin',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { div, mul, sqrt, square, sub } = arithmetic(g);
    return [mul(dy, div(1, sqrt(sub(1, square(x)))))];
  },
  channels: sameChannels,
};
