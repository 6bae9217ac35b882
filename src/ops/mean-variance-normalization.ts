import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import { normalize } from './normalization-grad.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';

/** (x - mean) / deviation over `axes`, by default all but the channels of [N, C, H, W]. */
export const meanVarianceNormalization: Op = {
  type: 'MeanVarianceNormalization',
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const x = node.input(0);
    const axes = normalizeAxes(node, node.ints('axes') ?? [0, 2, 3], staticShape(x).length);
    // The operator adds 1e-9 to the deviation, not to the variance: as much for a deviation of 0.
    return [normalize(g, { x, axes, epsilon: 1e-18, centered: true }).gradient(dy)];
  },
  channels: sameChannels,
};
