import { type Dim, formatShape } from '../ir/index.ts';
import { moves } from './cost.ts';
import { productDims, unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** Repeats input 0 along each axis as often as input 1 says. */
export const tile: Op = {
  type: 'Tile',
  infer(node) {
    const { dtype, shape } = node.input(0);
    const repeats = operandInput(node, 1);
    if (!shape) return [{ dtype, shape }];
    if (!repeats || repeats === 'dynamic') return [{ dtype, shape: unknownDims(shape.length) }];
    if (repeats.length !== shape.length)
      throw node.error(`repeats must have ${shape.length} entries, are ${formatShape(repeats)}`);
    return [{ dtype, shape: shape.map((dim, i): Dim => productDims([dim, repeats[i]!])) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
};
