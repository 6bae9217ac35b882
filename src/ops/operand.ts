import type { Node } from '../ir/index.ts';
import { constantOf } from './constant.ts';

/** A list of integers that a node is given: known, computed at run time, or absent. */
export type Operand = readonly number[] | 'dynamic' | undefined;

/** The integers of input `index` if they are constant. */
export function operandInput(node: Node, index: number): Operand {
  const value = node.inputs[index];
  if (!value) return undefined;
  return constantOf(value)?.toNumbers() ?? 'dynamic';
}

/** What old operator sets give as attribute `name` and newer ones as input `index`. */
export const operand = (node: Node, name: string, index: number): Operand =>
  node.ints(name) ?? operandInput(node, index);

/** The number of elements of a one-dimensional input, also if these are unknown. */
export function operandLength(node: Node, index: number): number | undefined {
  const dim = node.inputs[index]?.shape?.[0];
  return typeof dim === 'number' ? dim : undefined;
}
