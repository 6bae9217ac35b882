import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { mask } from './sum-to.ts';

export const relu: Op = {
  type: 'Relu',
  infer: inferUnary('number'),
  cost: moves,
  quantize: { kind: 'folds' },
  grad: ({ node, g, dy }) => [mask(g, dy, g.op('Greater', [node.output(), g.scalar(0)]))],
  channels: sameChannels,
};
