import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

export const sub: Op = {
  type: 'Sub',
  infer: inferBroadcast('number'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: (c) =>
    broadcastGradients(
      c,
      () => c.dy,
      () => c.g.op('Neg', [c.dy]),
    ),
  channels: broadcastChannels,
};
