import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** Grid of the places that the affine maps theta (input 0) send the pixels of an image of size [N, C, ...] to. */
export const affineGrid: Op = {
  type: 'AffineGrid',
  infer(node) {
    requireRank(node, 0, 3);
    const { dtype, shape } = node.input(0);
    const size = operandInput(node, 1);
    const sides = shape?.[1];
    if (size && size !== 'dynamic') return [{ dtype, shape: [size[0]!, ...size.slice(2), size.length - 2] }];
    if (typeof sides !== 'number') return [{ dtype, shape: undefined }];
    return [{ dtype, shape: [shape?.[0] ?? null, ...Array<null>(sides).fill(null), sides] }];
  },
  cost: moves,
};
