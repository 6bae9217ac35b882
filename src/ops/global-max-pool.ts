import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferGlobalPool } from './global-pool.ts';
import type { Op } from './op.ts';
import { poolChannels } from './pool-channels.ts';
import { staticShape } from './static-shape.ts';

/** The maximum of each channel; its gradient goes in equal parts to the elements that equal it. */
export const globalMaxPool: Op = {
  type: 'GlobalMaxPool',
  infer: inferGlobalPool,
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => {
    const { equal, mul, div, sum } = arithmetic(g);
    const taken = equal(node.input(0), node.output());
    const axes = [...staticShape(taken).keys()].slice(2);
    return [mul(taken, div(dy, sum(taken, axes)))];
  },
  channels: poolChannels,
};
