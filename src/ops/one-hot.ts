import type { Dim } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs indices, depth, [off, on]: inserts an axis of size depth at `axis`. */
export const oneHot: Op = {
  type: 'OneHot',
  infer(node) {
    requireDtype(node, 0, 'number');
    requireRank(node, 1, 0, 1);
    requireRank(node, 2, 1);
    const { dtype } = node.input(2);
    const { shape } = node.input(0);
    if (!shape) return [{ dtype, shape: undefined }];
    const depth: Dim = constantOf(node.input(1))?.toNumbers()[0] ?? null;
    const axis = normalizeAxis(node, node.int('axis', -1), shape.length + 1);
    return [{ dtype, shape: [...shape.slice(0, axis), depth, ...shape.slice(axis)] }];
  },
  cost: moves,
  parameters: [],
};
