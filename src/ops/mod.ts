import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

/** The remainder of a division, of the sign of the divisor, or with fmod=1 (which floats need) of the dividend. */
export const mod: Op = {
  type: 'Mod',
  infer: inferBroadcast('number'),
  cost: moves,
  grad: (c) => {
    const { mul, div, sub } = arithmetic(c.g);
    const [dividend, divisor] = [c.node.input(0), c.node.input(1)];
    return broadcastGradients(
      c,
      () => c.dy,
      () => mul(c.dy, div(sub(c.node.output(), dividend), divisor)),
    );
  },
  channels: broadcastChannels,
};
