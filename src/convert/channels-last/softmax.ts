import { axisIn } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { normalAxes } from './reduce.ts';
import { rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Softmax or LogSoftmax of x along an axis of the source, the last by default. */
export function softmax(
  w: Writer,
  opType: 'Softmax' | 'LogSoftmax',
  { x, axis = -1 }: { x: Operand; axis?: number },
): Operand {
  const rank = rankOf(x);
  const layout = sharedLayout([x], rank);
  const [at = 0] = normalAxes(x, [axis]);
  return result(
    layout,
    w.op(opType, [valueIn(w, x, layout)], { attributes: { axis: axisIn(at, rank, layout) } }),
  );
}
