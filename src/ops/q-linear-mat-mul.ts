import { bytesOf } from './cost.ts';
import { requireDtype } from './inputs.ts';
import { productMacs, productShape } from './matrix-product.ts';
import type { Op } from './op.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Product of quantized matrices. Inputs a, scale, zero point; b, scale, zero point; y's scale, zero point. */
export const qLinearMatMul: Op = {
  type: 'QLinearMatMul',
  infer(node) {
    for (const index of [0, 3, 7]) requireDtype(node, index, 'any');
    return [{ dtype: node.input(7).dtype, shape: productShape(node, 3) }];
  },
  cost: (node) => ({ macs: productMacs(node), bytes: bytesOf(node) }),
  parameters: [0, 3],
  channels: quantizedChannels,
};
