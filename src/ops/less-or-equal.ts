import { moves } from './cost.ts';
import { inferPredicate } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const lessOrEqual: Op = {
  type: 'LessOrEqual',
  infer: inferPredicate('number'),
  cost: moves,
  channels: broadcastChannels,
};
