import { dtypeCode, product, type Value } from '../ir/index.ts';
import { moves } from './cost.ts';
import type { GradContext, Op } from './op.ts';
import { inferReduce } from './reduce.ts';
import { reduceChannels } from './reduce-channels.ts';
import { keptAxes, reductionOf } from './reduce-grad.ts';
import { reshape, transpose } from './sum-to.ts';

export const reduceProd: Op = {
  type: 'ReduceProd',
  infer: inferReduce,
  cost: moves,
  grad: (c) => [c.g.op('Mul', [keptAxes(c).dy, productsOfOthers(c)])],
  channels: reduceChannels,
};

/**
 * For each element the product of all others that are multiplied with it. Not by division, since one may be 0:
 * each row is repeated once an element, with that element replaced by 1.
 */
function productsOfOthers(context: GradContext): Value {
  const { node, g } = context;
  const { shape, axes } = reductionOf(context);
  const order = [...shape.keys()].toSorted((a, b) => Number(axes.includes(a)) - Number(axes.includes(b)));
  const count = product(axes.map((axis) => shape[axis]!));
  const rows = reshape(g, transpose(g, node.input(0), order), [product(shape) / count, 1, count]);
  const zeros = g.constant('int32', new Int32Array(count * count), [count, count]);
  const own = g.op('Cast', [g.op('EyeLike', [zeros])], { to: dtypeCode('bool') });
  const others = g.op('Where', [own, g.scalar(1), rows]);
  const products = g.op('ReduceProd', [others, g.int64s([2])], { keepdims: 0 });
  const ordered = order.map((axis) => shape[axis]!);
  const back = [...shape.keys()].map((axis) => order.indexOf(axis));
  return transpose(g, reshape(g, products, ordered), back);
}
