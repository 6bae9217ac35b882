import { convMacs, convShape } from '../conv-shape.ts';
import { bytesOf } from '../cost.ts';
import { sharedDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** A convolution (X, W, bias), plus Z, its fourth input, then an activation. */
export const fusedConv: Op = {
  type: 'FusedConv',
  domain: microsoft,
  infer: (node) => [{ dtype: sharedDtype(node, 'float'), shape: convShape(node) }],
  cost: (node) => ({ macs: convMacs(node), bytes: bytesOf(node) }),
  parameters: [1, 2],
};
