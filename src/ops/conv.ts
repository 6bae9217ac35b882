import { convGrad } from './conv-grad.ts';
import { convMacs, convShape } from './conv-shape.ts';
import { convChannels } from './convolution-channels.ts';
import { bytesOf } from './cost.ts';
import { sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';

export { checkBias } from './conv-shape.ts';

/** Convolution of X [N, C, ...] with W [M, C/group, ...] and bias [M], over one to three spatial axes or more. */
export const conv: Op = {
  type: 'Conv',
  infer(node) {
    const dtype = sharedDtype(node, 'float', [0, 1, 2]);
    return [{ dtype, shape: convShape(node) }];
  },
  cost: (node) => ({ macs: convMacs(node), bytes: bytesOf(node) }),
  parameters: [1, 2],
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: () => 0 },
  grad: convGrad,
  channels: convChannels({ weight: 1, bias: 2 }),
};
