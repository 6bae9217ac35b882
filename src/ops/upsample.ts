import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { resizeChannels } from './resize-channels.ts';
import { inferResize } from './resize-shape.ts';

/** What Resize was called before operator set 10: X and scales, which operator set 7 has as an attribute. */
export const upsample: Op = {
  type: 'Upsample',
  infer: inferResize,
  cost: moves,
  parameters: [],
  channels: resizeChannels,
};
