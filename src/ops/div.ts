import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const div: Op = {
  type: 'Div',
  infer: inferBroadcast('number'),
  cost: moves,
};
