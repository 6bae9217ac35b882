import { sizeChannels } from './constant-channels.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** The number of elements. */
export const size: Op = {
  type: 'Size',
  infer: () => [{ dtype: 'int64', shape: [] }],
  cost: moves,
  channels: sizeChannels,
};
