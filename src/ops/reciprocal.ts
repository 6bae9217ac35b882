import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const reciprocal: Op = {
  type: 'Reciprocal',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const y = node.output();
    return [g.op('Neg', [g.op('Mul', [dy, g.op('Mul', [y, y])])])];
  },
  channels: sameChannels,
};
