import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { mask } from './sum-to.ts';

export const hardSigmoid: Op = {
  type: 'HardSigmoid',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const y = node.output();
    const inside = g.op('And', [g.op('Greater', [y, g.scalar(0)]), g.op('Less', [y, g.scalar(1)])]);
    return [mask(g, g.op('Mul', [dy, g.scalar(node.float('alpha', 0.2))]), inside)];
  },
  channels: sameChannels,
};
