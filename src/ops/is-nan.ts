import { moves } from './cost.ts';
import { inferTest } from './elementwise.ts';
import type { Op } from './op.ts';

export const isNan: Op = { type: 'IsNaN', infer: inferTest('float'), cost: moves };
