import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** What an optional value holds; a tensor or sequence, which is always there, passes through. */
export const optionalGetElement: Op = {
  type: 'OptionalGetElement',
  infer(node) {
    const value = node.input(0);
    const held = value.producer?.opType === 'Optional' ? value.producer.inputs[0] : value;
    return [held?.type ?? sequence];
  },
  cost: moves,
};
