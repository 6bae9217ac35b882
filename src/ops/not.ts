import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const not: Op = {
  type: 'Not',
  infer: inferUnary('bool'),
  cost: moves,
  channels: sameChannels,
};
