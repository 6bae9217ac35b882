import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

/** The mean of its inputs, element by element. */
export const mean: Op = {
  type: 'Mean',
  infer: inferBroadcast('float'),
  cost: moves,
  grad: (c) => {
    const share = c.g.op('Mul', [c.dy, c.g.scalar(1 / c.node.inputs.length)]);
    return broadcastGradients(c, ...c.node.inputs.map(() => () => share));
  },
  channels: broadcastChannels,
};
