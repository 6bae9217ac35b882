import { type Dim, formatShape, product } from '../ir/index.ts';
import { moves } from './cost.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** Adds the columns of blocks [N, C * block, blocks] up to images of the size in input 1; input 2 is the block's. */
export const col2Im: Op = {
  type: 'Col2Im',
  infer(node) {
    requireRank(node, 0, 3);
    const { dtype, shape } = node.input(0);
    const [image, block] = [operandInput(node, 1), operandInput(node, 2)];
    if (!image || image === 'dynamic') return [{ dtype, shape: undefined }];
    const rows = shape?.[1] ?? null;
    const size = block && block !== 'dynamic' ? product(block) : undefined;
    if (typeof rows === 'number' && size && rows % size !== 0)
      throw node.error(`columns must hold blocks of ${size} elements, have shape ${formatShape(shape)}`);
    const channels: Dim = typeof rows === 'number' && size ? rows / size : null;
    return [{ dtype, shape: [shape?.[0] ?? null, channels, ...image] }];
  },
  cost: moves,
  parameters: [],
};
