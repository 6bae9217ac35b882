import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { poolShape } from './pool.ts';
import { poolChannels } from './pool-channels.ts';

/** The Lp norm of each window. */
export const lpPool: Op = {
  type: 'LpPool',
  infer(node) {
    requireDtype(node, 0, 'float');
    return [{ dtype: node.input(0).dtype, shape: poolShape(node) }];
  },
  cost: moves,
  channels: poolChannels,
};
