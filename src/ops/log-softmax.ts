import { moves } from './cost.ts';
import { mixingChannels } from './mixing-channels.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

export const logSoftmax: Op = {
  type: 'LogSoftmax',
  infer: inferAlongAxis,
  cost: moves,
  grad: ({ node, g, dy }) => {
    const sum = g.op('ReduceSum', [dy, g.int64s([node.int('axis', -1)])], { keepdims: 1 });
    return [g.op('Sub', [dy, g.op('Mul', [g.op('Exp', [node.output()]), sum])])];
  },
  channels: mixingChannels(),
};
