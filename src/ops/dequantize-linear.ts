import { dtypeOfCode } from '../ir/index.ts';
import { moves } from './cost.ts';
import { sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { checkScale } from './quantize-axis.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Inputs x, scale, zero point; the output is of the scale's dtype. */
export const dequantizeLinear: Op = {
  type: 'DequantizeLinear',
  infer(node) {
    checkScale(node);
    sharedDtype(node, 'any', [0, 2]);
    const dtype = dtypeOfCode(node.int('output_dtype', 0)) ?? node.input(1).dtype;
    return [{ dtype, shape: node.input(0).shape }];
  },
  cost: moves,
  parameters: [0],
  channels: quantizedChannels,
};
