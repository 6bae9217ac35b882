import { broadcastInputs } from './broadcast.ts';
import { moves } from './cost.ts';
import { requireDtype, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';

export const where: Op = {
  type: 'Where',
  infer(node) {
    requireDtype(node, 0, 'bool');
    return [{ dtype: sharedDtype(node, 'any', [1, 2]), shape: broadcastInputs(node, [0, 1, 2]) }];
  },
  cost: moves,
};
