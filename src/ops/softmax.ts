import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

export const softmax: Op = {
  type: 'Softmax',
  infer: inferAlongAxis,
  cost: moves,
  quantize: { kind: 'quantized' },
};
