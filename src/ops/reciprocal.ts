import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const reciprocal: Op = {
  type: 'Reciprocal',
  infer: inferUnary('float'),
  cost: moves,
};
