import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes } from './reduce-grad.ts';
import { staticShape } from './static-shape.ts';

export const reduceLogSum: Op = {
  type: 'ReduceLogSum',
  infer: inferReduce,
  cost: moves,
  grad: (c) => {
    const { mul, exp, neg } = arithmetic(c.g);
    const { y, dy } = keptAxes(c);
    const shape = c.g.int64s(staticShape(c.node.input(0)));
    return [c.g.op('Expand', [mul(dy, exp(neg(y))), shape])];
  },
  channels: reduceChannels,
};
