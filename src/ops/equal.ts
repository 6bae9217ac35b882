import { moves } from './cost.ts';
import { inferPredicate } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const equal: Op = {
  type: 'Equal',
  infer: inferPredicate('any'),
  cost: moves,
  channels: broadcastChannels,
};
