import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import type { Op } from './op.ts';

export const bitwiseOr: Op = { type: 'BitwiseOr', infer: inferBroadcast('integer'), cost: moves };
