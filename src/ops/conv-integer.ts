import { convMacs, convShape } from './conv-shape.ts';
import { bytesOf } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Convolution of 8-bit x and w, each minus its zero point (inputs 2 and 3), to int32. */
export const convInteger: Op = {
  type: 'ConvInteger',
  infer(node) {
    for (const index of [0, 1]) requireDtype(node, index, 'integer');
    return [{ dtype: 'int32', shape: convShape(node, { weight: 1 }) }];
  },
  cost: (node) => ({ macs: convMacs(node), bytes: bytesOf(node) }),
  parameters: [1],
  channels: quantizedChannels,
};
