import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const neg: Op = {
  type: 'Neg',
  infer: inferUnary('number'),
  cost: moves,
  grad: ({ g, dy }) => [g.op('Neg', [dy])],
  channels: sameChannels,
};
