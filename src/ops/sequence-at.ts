import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { elementType } from './sequence-type.ts';

/** The element at the place in input 1. */
export const sequenceAt: Op = {
  type: 'SequenceAt',
  infer: (node) => [elementType(node.input(0))],
  cost: moves,
};
