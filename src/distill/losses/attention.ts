import type { GraphBuilder, Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape } from '../../ops/sum-to.ts';
import { meanSquares } from './mean-squares.ts';

/**
 * Attention transfer (Zagoruyko and Komodakis 2017, arXiv 1612.03928, as in their code): the mean squared difference of
 * the maps [B,positions] of two features [B,C,...] or [B,T,C] of as many positions, each map the sum of squares over the
 * channels, divided by its Euclidean norm. Channels may differ.
 */
export function attentionTransfer(g: GraphBuilder, student: Value, teacher: Value): Value {
  const [own, wanted] = [student, teacher].map((feature) => attentionMap(g, feature));
  return meanSquares(g, g.op('Sub', [own, wanted]));
}

/** What PyTorch's `normalize` divides by at least. */
const smallestNorm = 1e-12;

function attentionMap(g: GraphBuilder, feature: Value): Value {
  const shape = staticShape(feature);
  const axis = shape.length === 3 ? 2 : 1;
  const squares = g.op('Mul', [feature, feature]);
  // The mean in place of the sum changes nothing behind the norm, and keeps numbers small.
  const energy = g.op('Mul', [
    g.op('ReduceSum', [squares, g.int64s([axis])], { keepdims: 0 }),
    g.scalar(1 / shape[axis]!),
  ]);
  const positions = shape.slice(1).reduce((a, b) => a * b, 1) / shape[axis]!;
  const flat = reshape(g, energy, [shape[0]!, positions]);
  const total = g.op('ReduceSum', [g.op('Mul', [flat, flat]), g.int64s([1])], { keepdims: 1 });
  // The floor is inside of the root, whose slope at 0 is infinite.
  const norm = g.op('Sqrt', [g.op('Max', [total, g.scalar(smallestNorm ** 2)])]);
  return g.op('Div', [flat, norm]);
}
