import { moves } from './cost.ts';
import { inferPredicate } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const less: Op = {
  type: 'Less',
  infer: inferPredicate('number'),
  cost: moves,
  channels: broadcastChannels,
};
