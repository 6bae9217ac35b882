import { axisIn } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Softmax or LogSoftmax along the source's last axis. */
export function softmax(w: Writer, opType: 'Softmax' | 'LogSoftmax', x: Operand): Operand {
  const rank = rankOf(x);
  const layout = sharedLayout([x], rank);
  const axis = axisIn(rank - 1, rank, layout);
  return result(layout, w.op(opType, [valueIn(w, x, layout)], { attributes: { axis } }));
}
