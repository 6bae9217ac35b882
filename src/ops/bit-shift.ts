import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const bitShift: Op = { type: 'BitShift', infer: inferBroadcast('integer'), cost: moves };
