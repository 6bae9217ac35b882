import { dtypeCode, dtypeOfCode, isFloat } from '../ir/index.ts';
import { moves } from './cost.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const cast: Op = {
  type: 'Cast',
  infer(node) {
    const code = node.int('to', 0);
    const dtype = dtypeOfCode(code);
    if (!dtype) throw node.error(`attribute 'to' must be the code of an element type, is ${code}`);
    return [{ dtype, shape: node.input(0).shape }];
  },
  cost: moves,
  grad: ({ node, g, dy }) => {
    const from = node.input(0).dtype;
    return [isFloat(from) && from ? g.op('Cast', [dy], { to: dtypeCode(from) }) : undefined];
  },
  channels: sameChannels,
};
