import { axisIn } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { normalAxes } from './reduce.ts';
import { lastValue, rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Gather along an axis of the source. Indices of rank 1 keep the layout. */
export function gather(
  w: Writer,
  x: Operand,
  { indices, axis }: { indices: Operand; axis: number },
): Operand {
  const [at = 0] = normalAxes(x, [axis]);
  const rank = rankOf(x);
  const layout = rankOf(indices) === 1 ? sharedLayout([x], rank) : 'last';
  const inputs = [valueIn(w, x, layout), lastValue(w, indices)];
  const picked =
    indices.sizes && x.sizes && rank === 1 ? indices.sizes.map((i) => x.sizes![i ?? -1] ?? null) : undefined;
  return result(layout, w.op('Gather', inputs, { attributes: { axis: axisIn(at, rank, layout) } }), picked);
}

/** Tile by one factor for each axis of the source. */
export function tile(w: Writer, x: Operand, factors: readonly number[]): Operand {
  return result('last', w.op('Tile', [lastValue(w, x), w.int64s(factors)]));
}
