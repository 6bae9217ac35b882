import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** x tanh(softplus(x)). */
export const mish: Op = {
  type: 'Mish',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const { add, mul, sigmoid, square, sub, tanh } = arithmetic(g);
    const t = tanh(g.op('Softplus', [x]));
    return [mul(dy, add(t, mul(mul(x, sigmoid(x)), sub(1, square(t)))))];
  },
  channels: sameChannels,
};
