import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const abs: Op = {
  type: 'Abs',
  infer: inferUnary('number'),
  cost: moves,
};
