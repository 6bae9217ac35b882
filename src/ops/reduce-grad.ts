import { product, type Value } from '../ir/index.ts';
import type { GradContext } from './op.ts';
import { reducedAxes } from './reduce.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Gradient of a sum, or of a mean: dy spread again over the axes that were reduced. */
export function spread({ node, g, dy }: GradContext, mean: boolean): Value {
  const shape = staticShape(node.input(0));
  const axes = reducedAxes(node, shape.length);
  if (axes === 'dynamic') throw node.error('must have constant axes for its gradient');
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const count = product(axes.map((axis) => shape[axis]!));
  const scaled = mean ? g.op('Mul', [dy, g.scalar(1 / count)]) : dy;
  return g.op('Expand', [reshape(g, scaled, kept), g.int64s(shape)]);
}
