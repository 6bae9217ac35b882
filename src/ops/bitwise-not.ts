import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const bitwiseNot: Op = {
  type: 'BitwiseNot',
  infer: inferUnary('integer'),
  cost: moves,
  channels: sameChannels,
};
