import { product, type Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { mixingChannels } from './mixing-channels.ts';
import type { GradContext, Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/**
 * Local response normalization (Krizhevsky et al., 2012): x / s^beta with s = bias + alpha / size times the sum of
 * squares of `size` neighbouring channels.
 */
export const lrn: Op = {
  type: 'LRN',
  infer: inferUnary('float'),
  cost: moves,
  grad: (c) => {
    const { node, g, dy } = c;
    const { add, sub, mul, div, square } = arithmetic(g);
    const [x, y] = [node.input(0), node.output()];
    const [alpha, beta] = [node.float('alpha', 1e-4), node.float('beta', 0.75)];
    const s = add(mul(channelMeans(c, square(x), false), alpha), node.float('bias', 1));
    const own = div(dy, g.op('Pow', [s, g.scalar(beta)]));
    const others = channelMeans(c, div(mul(dy, y), s), true);
    return [sub(own, mul(x, mul(others, 2 * alpha * beta)))];
  },
  channels: mixingChannels(() => 1),
};

/** Sums over the window of neighbouring channels, divided by its size; `mirrored` is the window seen from the other end. */
function channelMeans({ node, g }: GradContext, value: Value, mirrored: boolean): Value {
  const shape = staticShape(value);
  const [batch = 1, channels = 1, ...spatial] = shape;
  const size = node.int('size', 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [begin, end] = mirrored ? [after, before] : [before, after];
  const plane = reshape(g, value, [batch, 1, channels, product(spatial)]);
  const attributes = { kernel_shape: [size, 1], pads: [begin, 0, end, 0], count_include_pad: 1 };
  return reshape(g, g.op('AveragePool', [plane], attributes), shape);
}
