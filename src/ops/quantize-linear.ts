import { type DType, dtypeOfCode } from '../ir/index.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { checkScale } from './quantize-axis.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Inputs x, scale, zero point; the zero point's dtype (or output_dtype, else uint8) is the output's. */
export const quantizeLinear: Op = {
  type: 'QuantizeLinear',
  infer(node) {
    checkScale(node);
    const dtype: DType = node.inputs[2]?.dtype ?? dtypeOfCode(node.int('output_dtype', 0)) ?? 'uint8';
    return [{ dtype, shape: node.input(0).shape }];
  },
  cost: moves,
  parameters: [0],
  scale: 1,
  channels: quantizedChannels,
};
