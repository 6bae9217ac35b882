import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const tanh: Op = {
  type: 'Tanh',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const y = node.output();
    return [g.op('Mul', [dy, g.op('Sub', [g.scalar(1), g.op('Mul', [y, y])])])];
  },
  channels: sameChannels,
};
