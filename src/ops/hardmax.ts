import { moves } from './cost.ts';
import { mixingChannels } from './mixing-channels.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

/** 1 at the first maximum along `axis`, else 0. */
export const hardmax: Op = {
  type: 'Hardmax',
  infer: inferAlongAxis,
  cost: moves,
  channels: mixingChannels(),
};
