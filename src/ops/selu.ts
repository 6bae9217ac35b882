import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** gamma x where positive, else gamma alpha (exp(x) - 1). Defaults: Klambauer et al., 2017. */
export const selu: Op = {
  type: 'Selu',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const y = node.output();
    const { add, greater, mul, sub } = arithmetic(g);
    const alpha = node.float('alpha', 1.6732631921768188);
    const gamma = node.float('gamma', 1.0507010221481323);
    const positive = greater(x, 0);
    return [mul(dy, add(mul(positive, gamma), mul(sub(1, positive), add(y, alpha * gamma))))];
  },
  channels: sameChannels,
};
