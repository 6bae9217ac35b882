import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const ceil: Op = {
  type: 'Ceil',
  infer: inferUnary('float'),
  cost: moves,
};
