import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { poolShape } from './pool.ts';
import { poolChannels } from './pool-channels.ts';
import { maxPoolGrad, maxPoolTraining } from './pool-grad.ts';

/** The optional second output holds indices of the maxima, counted over the whole flattened input. */
export const maxPool: Op = {
  type: 'MaxPool',
  infer(node) {
    requireDtype(node, 0, 'number');
    const shape = poolShape(node);
    return [
      { dtype: node.input(0).dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: maxPoolGrad,
  training: maxPoolTraining,
  channels: poolChannels,
};
