import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const sigmoid: Op = {
  type: 'Sigmoid',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
