import type { Dim, Node } from '../ir/index.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs start, limit, delta. */
export const range: Op = {
  type: 'Range',
  infer(node) {
    for (const index of [0, 1, 2]) requireRank(node, index, 0, 1);
    return [{ dtype: sharedDtype(node, 'number', [0, 1, 2]), shape: [rangeLength(node)] }];
  },
  cost: moves,
  parameters: [],
};

function rangeLength(node: Node): Dim {
  const [start, limit, delta] = [0, 1, 2].map((index) => constantOf(node.input(index))?.toNumbers()[0]);
  if (start === undefined || limit === undefined || delta === undefined) return null;
  if (delta === 0) throw node.error('delta must not be 0');
  return Math.max(0, Math.ceil((limit - start) / delta));
}
