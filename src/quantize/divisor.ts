import type { Node, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** What leads from statistics to a divisor: a variance, its epsilon, its root. */
const statistics: ReadonlySet<string> = new Set([
  ...['Sqrt', 'Pow', 'ReduceMean', 'ReduceSum', 'ReduceSumSquare', 'Reshape', 'Unsqueeze', 'Squeeze'],
]);

/**
 * True if a float node divides by this value, or by the root of its sum with an epsilon and the like: the statistics of a
 * normalization in elementary operators. Integers with one scale for all would make 0 of small ones, and the quotient
 * infinite. `isFloat` tells of a Div or Reciprocal whether it stays float.
 */
export function isDivisor(value: Value, isFloat: (node: Node) => boolean): boolean {
  return value.uses.some(({ node, index }) => {
    const divides = node.opType === 'Reciprocal' || (node.opType === 'Div' && index === 1);
    if (divides) return isFloat(node);
    return (statistics.has(node.opType) || isShiftOrSquare(node)) && isDivisor(node.output(), isFloat);
  });
}

/** Adds a constant, as an epsilon is, keeps above one, or multiplies a value with itself. */
function isShiftOrSquare({ opType, inputs }: Node): boolean {
  if (opType === 'Mul') return inputs[0] === inputs[1];
  return /^(Add|Max|Clip)$/.test(opType) && inputs.some((value) => value && constantOf(value));
}
