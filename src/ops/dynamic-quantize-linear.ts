import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { quantizedChannels } from './quantized-channels.ts';

/** Quantizes by the range of x itself; outputs y, its scale and its zero point. */
export const dynamicQuantizeLinear: Op = {
  type: 'DynamicQuantizeLinear',
  infer(node) {
    requireDtype(node, 0, 'float');
    return [
      { dtype: 'uint8', shape: node.input(0).shape },
      { dtype: 'float32', shape: [] },
      { dtype: 'uint8', shape: [] },
    ];
  },
  cost: moves,
  parameters: [],
  channels: quantizedChannels,
};
