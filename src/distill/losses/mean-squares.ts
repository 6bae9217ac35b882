import type { GraphBuilder, Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';

/** Writes the mean of the squares of all elements, a scalar. */
export function meanSquares(g: GraphBuilder, value: Value): Value {
  const shape = staticShape(value);
  const axes = g.int64s(shape.map((_, axis) => axis));
  const sum = g.op('ReduceSum', [g.op('Mul', [value, value]), axes], { keepdims: 0 });
  return g.op('Mul', [sum, g.scalar(1 / shape.reduce((a, b) => a * b, 1))]);
}
