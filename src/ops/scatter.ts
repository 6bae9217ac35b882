import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { scatterElements } from './scatter-elements.ts';

/** What ScatterElements was called before operator set 11. */
export const scatter: Op = { type: 'Scatter', infer: scatterElements.infer, cost: moves };
