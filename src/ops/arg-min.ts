import { inferArgument } from './argument.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

export const argMin: Op = { type: 'ArgMin', infer: inferArgument, cost: moves };
