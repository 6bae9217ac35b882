import type { Node, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** Whether a node is of one of these operators of the ONNX domain. */
export function isOp(node: Node, ...opTypes: readonly string[]): boolean;
export function isOp(node: Node | undefined, ...opTypes: readonly string[]): node is Node;
export function isOp(node: Node | undefined, ...opTypes: readonly string[]): boolean {
  return (
    node !== undefined && (node.domain === '' || node.domain === 'ai.onnx') && opTypes.includes(node.opType)
  );
}

/** The only number of a constant float32 or float64 tensor of one element; else undefined. */
export function scalarOf(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  const isNumber = tensor?.size === 1 && (tensor.dtype === 'float32' || tensor.dtype === 'float64');
  return isNumber ? tensor.toNumbers()[0] : undefined;
}

/** Equal but for the rounding of a file's float32. */
export const isNear = (a: number | undefined, b: number): boolean =>
  a !== undefined && Math.abs(a - b) <= 1e-5 * Math.abs(b);

/** Of a commutative node's two inputs, the number and the other one; undefined if not exactly one is a number. */
export function withScalar(node: Node): { scalar: number; other: Value } | undefined {
  const [a, b] = node.inputs;
  const [left, right] = [scalarOf(a), scalarOf(b)];
  if (!a || !b || node.inputs.length !== 2 || (left === undefined) === (right === undefined))
    return undefined;
  return left === undefined ? { scalar: right!, other: a } : { scalar: left, other: b };
}

/** Whether two values have the same known rank: then a scalar constant did not add dimensions. */
export const sameRank = (a: Value, b: Value): boolean =>
  a.shape !== undefined && a.shape.length === b.shape?.length;

/** Whether two values are known to have the same shape: every dimension the same number or symbol. */
export const sameShape = (a: Value, b: Value): boolean =>
  sameRank(a, b) && a.shape!.every((dim, i) => dim !== null && dim === b.shape![i]);

/** A value as a product: `scale` times its factors. Multiplications and divisions by numbers are looked through. */
export interface Product {
  readonly scale: number;
  readonly factors: readonly Value[];
}

/** Takes a product apart, at most `depth` multiplications deep; another value is a product of itself. */
export function productOf(value: Value, depth = 4): Product {
  const node = value.producer;
  if (depth === 0 || !isOp(node, 'Mul', 'Div') || node.inputs.length !== 2)
    return { scale: 1, factors: [value] };
  const [a, b] = [node.input(0), node.input(1)];
  if (node.opType === 'Div') {
    const divisor = scalarOf(b);
    if (!divisor) return { scale: 1, factors: [value] };
    const { scale, factors } = productOf(a, depth - 1);
    return { scale: scale / divisor, factors };
  }
  const parts = [a, b].map((part) => {
    const number = scalarOf(part);
    return number === undefined ? productOf(part, depth - 1) : { scale: number, factors: [] };
  });
  return {
    scale: parts[0]!.scale * parts[1]!.scale,
    factors: parts.flatMap(({ factors }) => factors),
  };
}
