import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/** Samples of classes from rows of unnormalized log-probabilities. */
export const multinomial: Op = {
  type: 'Multinomial',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 2);
    const batch = node.input(0).shape?.[0] ?? null;
    const shape = [batch, node.int('sample_size', 1)];
    return [{ dtype: attributeDtype(node, 'dtype', 'int32'), shape }];
  },
  cost: moves,
};
