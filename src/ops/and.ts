import { moves } from './cost.ts';
import { inferPredicate } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const and: Op = {
  type: 'And',
  infer: inferPredicate('bool'),
  cost: moves,
  channels: broadcastChannels,
};
