import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

export const mul: Op = {
  type: 'Mul',
  infer: inferBroadcast('number'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: (c) =>
    broadcastGradients(
      c,
      () => c.g.op('Mul', [c.dy, c.node.input(1)]),
      () => c.g.op('Mul', [c.dy, c.node.input(0)]),
    ),
  channels: broadcastChannels,
};
