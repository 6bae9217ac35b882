import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** The number of elements of a sequence. */
export const sequenceLength: Op = {
  type: 'SequenceLength',
  infer: () => [{ dtype: 'int64', shape: [] }],
  cost: moves,
};
