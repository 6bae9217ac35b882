import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { elementType } from './sequence-type.ts';

/** The elements of a sequence joined along `axis`, or stacked along a new one with new_axis=1. */
export const concatFromSequence: Op = {
  type: 'ConcatFromSequence',
  infer(node) {
    const { dtype, shape } = elementType(node.input(0));
    if (!shape) return [{ dtype, shape }];
    const stacks = node.int('new_axis', 0) === 1;
    const axis = normalizeAxis(node, node.int('axis', 0), shape.length + (stacks ? 1 : 0));
    return [{ dtype, shape: stacks ? shape.toSpliced(axis, 0, null) : shape.with(axis, null) }];
  },
  cost: moves,
};
