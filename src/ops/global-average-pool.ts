import { moves } from './cost.ts';
import { inferGlobalPool } from './global-pool.ts';
import type { Op } from './op.ts';
import { poolChannels } from './pool-channels.ts';
import { globalAveragePoolGrad } from './pool-grad.ts';

export const globalAveragePool: Op = {
  type: 'GlobalAveragePool',
  infer: inferGlobalPool,
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: globalAveragePoolGrad,
  channels: poolChannels,
};
