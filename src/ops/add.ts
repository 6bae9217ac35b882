import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

export const add: Op = {
  type: 'Add',
  infer: inferBroadcast('number'),
  cost: moves,
  addsBias: true,
  quantize: { kind: 'quantized' },
  grad: (c) =>
    broadcastGradients(
      c,
      () => c.dy,
      () => c.dy,
    ),
  channels: broadcastChannels,
};
