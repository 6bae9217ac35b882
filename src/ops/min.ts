import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import { extremeGrad } from './extreme-grad.ts';
import type { Op } from './op.ts';

export const min: Op = {
  type: 'Min',
  infer: inferBroadcast('number'),
  cost: moves,
  grad: extremeGrad,
  channels: broadcastChannels,
};
