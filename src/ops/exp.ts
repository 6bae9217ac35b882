import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const exp: Op = {
  type: 'Exp',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => [g.op('Mul', [dy, node.output()])],
  channels: sameChannels,
};
