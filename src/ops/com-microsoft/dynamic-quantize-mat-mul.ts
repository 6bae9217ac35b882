import { bytesOf } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import { productMacs, productShape } from '../matrix-product.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Quantizes A by its own range, then multiplies it with the 8-bit B. Inputs A, B, b's scale and zero point, bias. */
export const dynamicQuantizeMatMul: Op = {
  type: 'DynamicQuantizeMatMul',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'float');
    requireDtype(node, 1, 'integer');
    return [{ dtype: node.input(0).dtype, shape: productShape(node) }];
  },
  cost: (node) => ({ macs: productMacs(node), bytes: bytesOf(node) }),
  parameters: [1, 4],
};
