import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

export const sum: Op = {
  type: 'Sum',
  infer: inferBroadcast('float'),
  cost: moves,
  grad: (c) => broadcastGradients(c, ...c.node.inputs.map(() => () => c.dy)),
  channels: broadcastChannels,
};
