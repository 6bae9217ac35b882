import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const log: Op = {
  type: 'Log',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => [g.op('Div', [dy, node.input(0)])],
  channels: sameChannels,
};
