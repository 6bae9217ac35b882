import { moves } from './cost.ts';
import { inferGlobalPool } from './global-pool.ts';
import type { Op } from './op.ts';

/** The Lp norm of each channel. */
export const globalLpPool: Op = { type: 'GlobalLpPool', infer: inferGlobalPool, cost: moves };
