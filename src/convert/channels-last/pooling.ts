import type { Operand } from './operand.ts';
import { result, valueIn } from './values.ts';
import { type Window, windowAttributes } from './window.ts';
import type { Writer } from './writer.ts';

/** MaxPool or AveragePool; padding is not part of an average. */
export function pooling(
  w: Writer,
  x: Operand,
  { opType, window }: { opType: 'MaxPool' | 'AveragePool'; window: Window },
): Operand {
  const value = valueIn(w, x, 'first');
  const attributes = windowAttributes(window, value.shape!.slice(2));
  return result('first', w.op(opType, [value], { attributes }));
}
