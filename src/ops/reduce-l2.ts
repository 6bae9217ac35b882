import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes } from './reduce-grad.ts';

/** Euclidean norm. */
export const reduceL2: Op = {
  type: 'ReduceL2',
  infer: inferReduce,
  cost: moves,
  grad: (c) => {
    const { mul, div } = arithmetic(c.g);
    const { y, dy } = keptAxes(c);
    // Where all elements are 0 the norm has no derivative; 0 is a subgradient.
    const norm = c.g.op('Max', [y, c.g.scalar(1e-30)]);
    return [mul(div(dy, norm), c.node.input(0))];
  },
  channels: reduceChannels,
};
