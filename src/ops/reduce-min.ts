import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferExtreme } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { extremeSpread } from './reduce-grad.ts';

export const reduceMin: Op = {
  type: 'ReduceMin',
  infer: inferExtreme,
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: (c) => [extremeSpread(c)],
  channels: reduceChannels,
};
