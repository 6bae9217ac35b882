import { bytesOf } from './cost.ts';
import { requireDtype } from './inputs.ts';
import { productMacs, productShape } from './matrix-product.ts';
import type { Op } from './op.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Product of 8-bit matrices, each minus its zero point (inputs 2 and 3), to int32. */
export const matMulInteger: Op = {
  type: 'MatMulInteger',
  infer(node) {
    for (const index of [0, 1]) requireDtype(node, index, 'integer');
    return [{ dtype: 'int32', shape: productShape(node) }];
  },
  cost: (node) => ({ macs: productMacs(node), bytes: bytesOf(node) }),
  parameters: [0, 1],
  channels: quantizedChannels,
};
