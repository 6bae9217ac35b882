import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const identity: Op = {
  type: 'Identity',
  infer: inferUnary('any'),
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ dy }) => [dy],
  channels: sameChannels,
};
