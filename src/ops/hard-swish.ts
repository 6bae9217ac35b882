import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const hardSwish: Op = {
  type: 'HardSwish',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
