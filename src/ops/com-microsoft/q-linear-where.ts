import { broadcastInputs } from '../broadcast.ts';
import { moves } from '../cost.ts';
import { requireDtype, sharedDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Where of quantized X and Y. Inputs condition; X, scale, zero point; Y, scale, zero point; output's scale, zero point. */
export const qLinearWhere: Op = {
  type: 'QLinearWhere',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'bool');
    return [{ dtype: sharedDtype(node, 'integer', [1, 4]), shape: broadcastInputs(node, [0, 1, 4]) }];
  },
  cost: moves,
};
