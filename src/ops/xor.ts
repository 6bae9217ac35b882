import { moves } from './cost.ts';
import { inferPredicate } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const xor: Op = {
  type: 'Xor',
  infer: inferPredicate('bool'),
  cost: moves,
  channels: broadcastChannels,
};
