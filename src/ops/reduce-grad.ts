import { product, type Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import type { GradContext } from './op.ts';
import { reducedAxes } from './reduce.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** What a reduction removes: the shape it reduces, the axes, and the shape with those axes as size 1. */
export interface Reduction {
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly kept: readonly number[];
}

/** Throws ModelError if the axes are not constant or the shape is not static. */
export function reductionOf({ node }: Pick<GradContext, 'node'>): Reduction {
  const shape = staticShape(node.input(0));
  const axes = reducedAxes(node, shape.length);
  if (axes === 'dynamic') throw node.error('must have constant axes for its gradient');
  return { shape, axes, kept: shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) };
}

/** Gradient of a sum, or of a mean: dy spread again over the axes that were reduced. */
export function spread(context: GradContext, mean: boolean): Value {
  const { g, dy } = context;
  const { shape, axes, kept } = reductionOf(context);
  const count = product(axes.map((axis) => shape[axis]!));
  const scaled = mean ? g.op('Mul', [dy, g.scalar(1 / count)]) : dy;
  return g.op('Expand', [reshape(g, scaled, kept), g.int64s(shape)]);
}

/** The node's output and dy with the reduced axes as size 1, so that they broadcast to the input. */
export function keptAxes(context: GradContext): { y: Value; dy: Value } {
  const { g, node } = context;
  const { kept } = reductionOf(context);
  return { y: reshape(g, node.output(), kept), dy: reshape(g, context.dy, kept) };
}

/** Gradient of a maximum or minimum: dy in equal parts to the elements that equal it. */
export function extremeSpread(context: GradContext): Value {
  const { g, node } = context;
  const { equal, mul, div, sum } = arithmetic(g);
  const { y, dy } = keptAxes(context);
  const taken = equal(node.input(0), y);
  const { axes } = reductionOf(context);
  return mul(taken, axes.length ? div(dy, sum(taken, axes)) : dy);
}
