import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const mul: Op = {
  type: 'Mul',
  infer: inferBroadcast('number'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
