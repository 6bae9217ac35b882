import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { mask } from './sum-to.ts';

export const hardSwish: Op = {
  type: 'HardSwish',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const sixth = g.op('Mul', [x, g.scalar(1 / 6)]);
    const gate = g.op('Clip', [g.op('Add', [sixth, g.scalar(0.5)]), g.scalar(0), g.scalar(1)]);
    const inside = g.op('And', [g.op('Greater', [gate, g.scalar(0)]), g.op('Less', [gate, g.scalar(1)])]);
    return [g.op('Mul', [dy, g.op('Add', [gate, mask(g, sixth, inside)])])];
  },
  channels: sameChannels,
};
