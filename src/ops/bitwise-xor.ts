import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const bitwiseXor: Op = {
  type: 'BitwiseXor',
  infer: inferBroadcast('integer'),
  cost: moves,
  channels: broadcastChannels,
};
