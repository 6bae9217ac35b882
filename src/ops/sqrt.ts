import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const sqrt: Op = {
  type: 'Sqrt',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => [g.op('Div', [g.op('Mul', [dy, g.scalar(0.5)]), node.output()])],
  channels: sameChannels,
};
