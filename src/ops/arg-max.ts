import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';

export const argMax: Op = {
  type: 'ArgMax',
  infer(node) {
    requireDtype(node, 0, 'number');
    const { shape } = node.input(0);
    if (!shape) return [{ dtype: 'int64', shape }];
    const axis = normalizeAxis(node, node.int('axis', 0), shape.length);
    const kept = node.int('keepdims', 1) ? [1] : [];
    return [{ dtype: 'int64', shape: [...shape.slice(0, axis), ...kept, ...shape.slice(axis + 1)] }];
  },
  cost: moves,
};
