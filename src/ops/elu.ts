import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** x where positive, else alpha (exp(x) - 1), whose derivative is y + alpha. */
export const elu: Op = {
  type: 'Elu',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const y = node.output();
    const { add, greater, mul, sub } = arithmetic(g);
    const alpha = node.float('alpha', 1);
    const positive = greater(x, 0);
    return [mul(dy, add(positive, mul(sub(1, positive), add(y, alpha))))];
  },
  channels: sameChannels,
};
