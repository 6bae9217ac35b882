import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const bitwiseOr: Op = {
  type: 'BitwiseOr',
  infer: inferBroadcast('integer'),
  cost: moves,
  channels: broadcastChannels,
};
