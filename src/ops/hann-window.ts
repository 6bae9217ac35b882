import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferWindowFunction } from './window-function.ts';

export const hannWindow: Op = { type: 'HannWindow', infer: inferWindowFunction, cost: moves, parameters: [] };
