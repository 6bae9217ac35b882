import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const sum: Op = {
  type: 'Sum',
  infer: inferBroadcast('float'),
  cost: moves,
};
