import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';

export const reduceMean: Op = {
  type: 'ReduceMean',
  infer: inferReduce,
  cost: moves,
  quantize: { kind: 'quantized' },
};
