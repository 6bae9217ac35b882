import { moves } from './cost.ts';
import { mergeDim } from './dims.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Interpolates X [N, C, ...] at the places that the grid [N, ..., axes] names. */
export const gridSample: Op = {
  type: 'GridSample',
  infer(node) {
    requireRank(node, 0, 3, Infinity);
    const { dtype, shape } = node.input(0);
    const grid = node.input(1).shape;
    if (shape) requireRank(node, 1, shape.length);
    if (!shape || !grid) return [{ dtype, shape: undefined }];
    const batch = mergeDim(shape[0]!, grid[0]!);
    if (batch === undefined)
      throw node.error(`X and grid must have equal batches, have ${shape[0]} and ${grid[0]}`);
    return [{ dtype, shape: [batch, shape[1]!, ...grid.slice(1, -1)] }];
  },
  cost: moves,
};
