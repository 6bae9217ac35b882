import { broadcastInputs } from './broadcast.ts';
import { moves } from './cost.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import { requireDtype, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { mask, sumTo } from './sum-to.ts';

/** Input 1 where the condition, input 0, holds, else input 2. */
export const where: Op = {
  type: 'Where',
  infer(node) {
    requireDtype(node, 0, 'bool');
    return [{ dtype: sharedDtype(node, 'any', [1, 2]), shape: broadcastInputs(node, [0, 1, 2]) }];
  },
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy, needs }) => {
    const condition = node.input(0);
    const taken = (index: number, holds = condition) =>
      sumTo(g, mask(g, dy, holds), staticShape(node.input(index)));
    return [
      undefined,
      needs(1) ? taken(1) : undefined,
      needs(2) ? taken(2, g.op('Not', [condition])) : undefined,
    ];
  },
  channels: broadcastChannels,
};
