import { bytesOf } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import { productMacs, productShape } from '../matrix-product.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Product of 8-bit matrices as float. Inputs A, B, their scales and zero points, bias. */
export const matMulIntegerToFloat: Op = {
  type: 'MatMulIntegerToFloat',
  domain: microsoft,
  infer(node) {
    for (const index of [0, 1]) requireDtype(node, index, 'integer');
    return [{ dtype: node.input(2).dtype, shape: productShape(node) }];
  },
  cost: (node) => ({ macs: productMacs(node), bytes: bytesOf(node) }),
  parameters: [1, 6],
};
