import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

export const logSoftmax: Op = {
  type: 'LogSoftmax',
  infer: inferAlongAxis,
  cost: moves,
};
