import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** A value that may be absent. */
export const optional: Op = { type: 'Optional', infer: () => [sequence], cost: moves };
