import { moves } from '../cost.ts';
import { inferUnary } from '../elementwise.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Softmax of quantized X. Inputs X, scale, zero point; the output's scale, zero point. */
export const qLinearSoftmax: Op = {
  type: 'QLinearSoftmax',
  domain: microsoft,
  infer: inferUnary('integer'),
  cost: moves,
  parameters: [],
};
