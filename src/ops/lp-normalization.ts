import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

/** x over its L1 or L2 norm along `axis`. */
export const lpNormalization: Op = {
  type: 'LpNormalization',
  infer(node) {
    const p = node.int('p', 2);
    if (p !== 1 && p !== 2) throw node.error(`p must be 1 or 2, is ${p}`);
    return inferAlongAxis(node);
  },
  cost: moves,
  grad: ({ node, g, dy }) => {
    const { sub, mul, div, sum, sign, greater } = arithmetic(g);
    const [x, y] = [node.input(0), node.output()];
    const axes = [node.int('axis', -1)];
    const p = node.int('p', 2);
    const norm = g.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [x, g.int64s(axes)], { keepdims: 1 });
    const slope = p === 1 ? sign(x) : y;
    const divided = div(sub(dy, mul(slope, sum(mul(dy, y), axes))), g.op('Max', [norm, g.scalar(1e-30)]));
    // Where all elements are 0 the output is 0 whatever they do nearby.
    return [mul(divided, greater(norm, 0))];
  },
  channels: sameChannels,
};
