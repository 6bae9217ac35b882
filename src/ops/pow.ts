import { moves } from './cost.ts';
import { inferPower } from './elementwise.ts';
import type { Op } from './op.ts';

export const pow: Op = {
  type: 'Pow',
  infer: inferPower,
  cost: moves,
};
