import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const add: Op = {
  type: 'Add',
  infer: inferBroadcast('number'),
  cost: moves,
  quantize: { kind: 'quantized' },
};
