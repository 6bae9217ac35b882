import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferWindowFunction } from './window-function.ts';

export const blackmanWindow: Op = {
  type: 'BlackmanWindow',
  infer: inferWindowFunction,
  cost: moves,
  parameters: [],
};
