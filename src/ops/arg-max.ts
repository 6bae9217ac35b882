import { inferArgument } from './argument.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

export const argMax: Op = { type: 'ArgMax', infer: inferArgument, cost: moves };
