import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const sign: Op = {
  type: 'Sign',
  infer: inferUnary('number'),
  cost: moves,
  channels: sameChannels,
};
