import { dtypeCode, type GraphBuilder, type Value } from '../ir/index.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';

/** Sums a gradient over the axes that broadcasting had stretched, so that it has `shape` again. */
export function sumTo(g: GraphBuilder, gradient: Value, shape: readonly number[]): Value {
  const from = staticShape(gradient);
  const lead = from.length - shape.length;
  const axes = from.flatMap((size, axis) => {
    const target = axis < lead ? undefined : shape[axis - lead];
    return target === undefined || (target === 1 && size !== 1) ? [axis] : [];
  });
  return reshape(g, sumOver(g, gradient, axes), shape);
}

/** ReduceSum over `axes`, which stay as size 1. Over all but the channels it is done in two stages, twice as fast. */
export function sumOver(g: GraphBuilder, value: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return value;
  const shape = staticShape(value);
  const allButChannels = shape.length > 2 && axes.length === shape.length - 1 && !axes.includes(1);
  if (!allButChannels) return g.op('ReduceSum', [value, g.int64s(axes)], { keepdims: 1 });
  const [batch = 1, channels = 1, ...spatial] = shape;
  const rows = reshape(g, value, [batch, channels, spatial.reduce((a, b) => a * b, 1)]);
  const perSample = g.op('ReduceSum', [rows, g.int64s([2])], { keepdims: 0 });
  const sum = g.op('ReduceSum', [perSample, g.int64s([0])], { keepdims: 0 });
  return reshape(g, sum, [1, channels, ...spatial.map(() => 1)]);
}

/** Reshape to a static shape; nothing if it has that already. */
export function reshape(g: GraphBuilder, value: Value, shape: readonly number[]): Value {
  const same = value.shape?.length === shape.length && value.shape.every((d, i) => d === shape[i]);
  return same ? value : g.op('Reshape', [value, g.int64s(shape)]);
}

/** Transpose; nothing for the identity permutation. */
export function transpose(g: GraphBuilder, value: Value, perm: readonly number[]): Value {
  return perm.every((axis, i) => axis === i) ? value : g.op('Transpose', [value], { perm });
}

/** Gradients of a broadcasting operator: those that are wanted, each summed to its input's shape. */
export function broadcastGradients(
  { node, g, needs }: GradContext,
  ...gradients: readonly (() => Value)[]
): (Value | undefined)[] {
  return gradients.map((gradient, i) =>
    needs(i) ? sumTo(g, gradient(), staticShape(node.input(i))) : undefined,
  );
}

/** `dy` where `condition` (bool) holds, else 0. Multiplying is several times faster than Where. */
export const mask = (g: GraphBuilder, dy: Value, condition: Value): Value =>
  g.op('Mul', [dy, g.op('Cast', [condition], { to: dtypeCode('float32') })]);
