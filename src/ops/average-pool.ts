import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { poolShape } from './pool.ts';
import { poolChannels } from './pool-channels.ts';
import { averagePoolGrad } from './pool-grad.ts';

export const averagePool: Op = {
  type: 'AveragePool',
  infer(node) {
    requireDtype(node, 0, 'float');
    return [{ dtype: node.input(0).dtype, shape: poolShape(node) }];
  },
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: averagePoolGrad,
  channels: poolChannels,
};
