import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const sqrt: Op = {
  type: 'Sqrt',
  infer: inferUnary('float'),
  cost: moves,
};
