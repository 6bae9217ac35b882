import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** A sequence with input 1 put in at the place in input 2, else at the end. */
export const sequenceInsert: Op = { type: 'SequenceInsert', infer: () => [sequence], cost: moves };
