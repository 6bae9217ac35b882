import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { mask } from './sum-to.ts';

export const leakyRelu: Op = {
  type: 'LeakyRelu',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const alpha = node.float('alpha', 0.01);
    const positive = mask(g, g.scalar(1 - alpha), g.op('Greater', [node.input(0), g.scalar(0)]));
    return [g.op('Mul', [dy, g.op('Add', [positive, g.scalar(alpha)])])];
  },
  channels: sameChannels,
};
