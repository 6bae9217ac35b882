import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const relu: Op = {
  type: 'Relu',
  infer: inferUnary('number'),
  cost: moves,
  quantize: { kind: 'folds' },
};
