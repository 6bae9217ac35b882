import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import type { Op } from './op.ts';

export const leakyRelu: Op = {
  type: 'LeakyRelu',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
