import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operandInput, operandLength } from './operand.ts';

/** A tensor of the shape in input 0, filled with the one element of `value`, or with float32 zeros. */
export const constantOfShape: Op = {
  type: 'ConstantOfShape',
  infer(node) {
    const dtype = node.tensor('value')?.dtype ?? 'float32';
    const wanted = operandInput(node, 0);
    if (wanted !== 'dynamic') return [{ dtype, shape: wanted }];
    const rank = operandLength(node, 0);
    return [{ dtype, shape: rank === undefined ? undefined : unknownDims(rank) }];
  },
  cost: moves,
};
