import { dtypeCode, isFloat } from '../ir/index.ts';
import { moves } from './cost.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** Input 0 in the element type of input 1. */
export const castLike: Op = {
  type: 'CastLike',
  infer: (node) => [{ dtype: node.input(1).dtype, shape: node.input(0).shape }],
  cost: moves,
  parameters: [0],
  grad: ({ node, g, dy }) => {
    const from = node.input(0).dtype;
    return [from && isFloat(from) ? g.op('Cast', [dy], { to: dtypeCode(from) }) : undefined];
  },
  channels: sameChannels,
};
