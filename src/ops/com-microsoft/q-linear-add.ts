import { broadcastInputs } from '../broadcast.ts';
import { moves } from '../cost.ts';
import { sharedDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Sum of quantized A and B. Inputs A, scale, zero point; B, scale, zero point; the output's scale, zero point. */
export const qLinearAdd: Op = {
  type: 'QLinearAdd',
  domain: microsoft,
  infer: (node) => [{ dtype: sharedDtype(node, 'integer', [0, 3]), shape: broadcastInputs(node, [0, 3]) }],
  cost: moves,
};
