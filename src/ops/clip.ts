import { moves } from './cost.ts';
import { sameChannels } from './elementwise-channels.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { mask } from './sum-to.ts';

/** Bounds are attributes in old operator sets, else inputs 1 and 2. */
export const clip: Op = {
  type: 'Clip',
  infer(node) {
    requireRank(node, 1, 0, 1);
    requireRank(node, 2, 0, 1);
    return [{ dtype: sharedDtype(node, 'number'), shape: node.input(0).shape }];
  },
  cost: moves,
  parameters: [],
  quantize: { kind: 'folds' },
  grad: ({ node, g, dy }) => [mask(g, dy, g.op('Equal', [node.input(0), node.output()]))],
  channels: sameChannels,
};
