import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const hardSigmoid: Op = {
  type: 'HardSigmoid',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
