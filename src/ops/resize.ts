import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { resizeChannels } from './resize-channels.ts';
import { resizeGrad } from './resize-grad.ts';
import { inferResize } from './resize-shape.ts';

/** Inputs X, region, scales, sizes; in operator set 10 X and scales. */
export const resize: Op = {
  type: 'Resize',
  infer: inferResize,
  cost: moves,
  parameters: [],
  quantize: { kind: 'same-scale' },
  grad: resizeGrad,
  channels: resizeChannels,
};
