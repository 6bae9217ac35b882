import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** A sequence without elements, of the type in the attribute. */
export const sequenceEmpty: Op = { type: 'SequenceEmpty', infer: () => [sequence], cost: moves };
