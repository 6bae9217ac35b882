import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { spread } from './reduce-grad.ts';

export const reduceMean: Op = {
  type: 'ReduceMean',
  infer: inferReduce,
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: (c) => [spread(c, true)],
  channels: reduceChannels,
};
