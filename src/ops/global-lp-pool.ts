import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferGlobalPool } from './global-pool.ts';
import type { Op } from './op.ts';
import { poolChannels } from './pool-channels.ts';

/** The Lp norm of each channel. */
export const globalLpPool: Op = {
  type: 'GlobalLpPool',
  infer: inferGlobalPool,
  cost: moves,
  grad: ({ node, g, dy }) => {
    const { mul, div, sign } = arithmetic(g);
    const [x, y] = [node.input(0), node.output()];
    const power = g.scalar(node.int('p', 2) - 1);
    const raised = g.op('Pow', [g.op('Abs', [x]), power]);
    const steep = g.op('Max', [g.op('Pow', [y, power]), g.scalar(1e-30)]);
    return [mul(mul(sign(x), raised), div(dy, steep))];
  },
  channels: poolChannels,
};
