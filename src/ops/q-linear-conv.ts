import { convMacs, convShape } from './conv-shape.ts';
import { bytesOf } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { quantizedChannels } from './quantized-channels.ts';

const inputs = { weight: 3, bias: 8 };

/** int8 convolution. Inputs x, scale, zero point; w, scales, zero points; y's scale, zero point; int32 bias. */
export const qLinearConv: Op = {
  type: 'QLinearConv',
  infer(node) {
    for (const index of [0, 3, 7]) requireDtype(node, index, 'integer');
    return [{ dtype: node.input(7).dtype, shape: convShape(node, inputs) }];
  },
  cost: (node) => ({ macs: convMacs(node, inputs), bytes: bytesOf(node) }),
  parameters: [3, 8],
  channels: quantizedChannels,
};
