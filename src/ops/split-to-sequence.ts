import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** The parts of a tensor along an axis, of the sizes in input 1, else of size 1. */
export const splitToSequence: Op = { type: 'SplitToSequence', infer: () => [sequence], cost: moves };
