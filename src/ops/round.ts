import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** To the nearest integer, halves to the even one. */
export const round: Op = {
  type: 'Round',
  infer: inferUnary('float'),
  cost: moves,
  channels: sameChannels,
};
