import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** A sequence without the element at the place in input 1, else without the last. */
export const sequenceErase: Op = { type: 'SequenceErase', infer: () => [sequence], cost: moves };
