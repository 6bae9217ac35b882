import { Tensor } from '../../ir/index.ts';
import { elementwise } from './elementwise.ts';
import { Operand } from './operand.ts';
import type { Writer } from './writer.ts';

const onIntegers: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
  Max: Math.max,
  Min: Math.min,
};

/** Add, Sub, Mul, Div, Max, Min, Pow of two operands; of two small integer constants, at once. */
export function binary(w: Writer, opType: string, [a, b]: readonly [Operand, Operand]): Operand {
  return foldedIntegers(w, opType, [a, b]) ?? elementwise(w, opType, { inputs: [a, b] });
}

function foldedIntegers(w: Writer, opType: string, [a, b]: readonly [Operand, Operand]): Operand | undefined {
  const f = onIntegers[opType];
  if (!f || !a.constant || !b.constant || !a.sizes || !b.sizes) return undefined;
  const [left, right] = [a.sizes as number[], b.sizes as number[]];
  const shape = a.constant.shape.length ? a.constant.shape : b.constant.shape;
  const length = Math.max(left.length, right.length);
  if (![left, right].every((list) => list.length === length || list.length === 1)) return undefined;
  const at = (list: readonly number[], i: number): number => (list.length === 1 ? list[0]! : list[i]!);
  const values = Array.from({ length }, (_, i) => f(at(left, i), at(right, i)));
  if (values.some((value) => !Number.isSafeInteger(value))) return undefined;
  return new Operand({ name: w.g.uniqueName('const'), constant: Tensor.of('int32', values, shape) });
}

/** (a - b)^2 */
export function squaredDifference(w: Writer, [a, b]: readonly [Operand, Operand]): Operand {
  const difference = elementwise(w, 'Sub', { inputs: [a, b] });
  return elementwise(w, 'Mul', { inputs: [difference, difference] });
}

/** 1 / sqrt(x) */
export const reciprocalRoot = (w: Writer, x: Operand): Operand =>
  elementwise(w, 'Reciprocal', {
    inputs: [elementwise(w, 'Sqrt', { inputs: [x], sameType: true })],
    sameType: true,
  });
