import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferWindowFunction } from './window-function.ts';

export const hammingWindow: Op = {
  type: 'HammingWindow',
  infer: inferWindowFunction,
  cost: moves,
  parameters: [],
};
