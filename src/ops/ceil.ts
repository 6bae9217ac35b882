import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const ceil: Op = {
  type: 'Ceil',
  infer: inferUnary('float'),
  cost: moves,
  channels: sameChannels,
};
