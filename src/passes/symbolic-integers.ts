import type { Dim, Node, Value } from '../ir/index.ts';
import { productDims } from '../ops/dims.ts';
import { constantOf } from '../ops/index.ts';
import { operandInput } from '../ops/operand.ts';
import { shownDims } from '../ops/shape.ts';
import { sliceBounds } from '../ops/slice-bounds.ts';
import { isOp } from './match.ts';

/** The elements of an integer tensor of rank 0 or 1: numbers, sizes by their symbol, null where nothing is known. */
export type Elements = readonly Dim[];

/** Shape arithmetic beyond this many elements is no shape arithmetic. */
const longest = 64;

/**
 * What is known of the elements of an integer value that is computed from shapes and constants, as exporters compute the
 * operands of Reshape, Expand and Slice. Undefined if nothing is. Needs inferred types.
 */
export function symbolicIntegers(value: Value | undefined, depth = 24): Elements | undefined {
  const tensor = constantOf(value);
  if (tensor) return isIntegers(value) && tensor.size <= longest ? tensor.toNumbers() : undefined;
  const node = value?.producer;
  if (!node || depth === 0 || !isIntegers(value) || (value.shape?.length ?? 2) > 1) return undefined;
  if (!isOp(node, node.opType) || !Object.hasOwn(rules, node.opType)) return undefined;
  return rules[node.opType]!(node, (index) => symbolicIntegers(node.inputs[index], depth - 1));
}

const isIntegers = (value: Value | undefined): boolean =>
  value?.dtype === 'int64' || value?.dtype === 'int32';

type Rule = (node: Node, input: (index: number) => Elements | undefined) => Elements | undefined;

const same: Rule = (_, input) => input(0);

/** Elementwise, one number against many or as many against as many. */
const elementwise =
  (combine: (a: Dim, b: Dim) => Dim): Rule =>
  (_, input) => {
    const [a, b] = [input(0), input(1)];
    if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
    const at = (list: Elements, i: number): Dim => list[list.length === 1 ? 0 : i]!;
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => combine(at(a, i), at(b, i)));
  };

const numbers =
  (compute: (a: number, b: number) => number, neutral: number) =>
  (a: Dim, b: Dim): Dim => {
    if (b === neutral) return a;
    return typeof a === 'number' && typeof b === 'number' ? compute(a, b) : null;
  };

const commutative = (compute: (a: number, b: number) => number, neutral: number) => {
  const oneWay = numbers(compute, neutral);
  return elementwise((a, b) => (a === neutral ? b : oneWay(a, b)));
};

const rules: Readonly<Record<string, Rule>> = {
  Shape: (node) => shownDims(node),
  Size: (node) => {
    const { shape } = node.input(0);
    return shape && [productDims(shape)];
  },
  Identity: same,
  Cast: same,
  Squeeze: same,
  Unsqueeze: same,
  Reshape: same,
  Gather(node, input) {
    const [data, indices] = [input(0), constantOf(node.inputs[1])?.toNumbers()];
    if (!data || !indices || node.int('axis', 0) !== 0 || node.input(0).shape?.length !== 1) return undefined;
    return indices.map((index) => data[index < 0 ? index + data.length : index] ?? null);
  },
  Slice(node, input) {
    const data = input(0);
    const [starts, ends, steps] = ['starts', 'ends', 'steps'].map((name, i) => {
      const list = node.ints(name) ?? operandInput(node, i === 2 ? 4 : i + 1);
      return list === 'dynamic' ? undefined : (list ?? (i === 2 ? [1] : undefined));
    });
    if (!data || starts?.length !== 1 || !ends || !steps) return undefined;
    const range = { start: starts[0]!, end: ends[0]!, step: steps[0]! };
    const [from, to] = sliceBounds(data.length, range);
    const indices = [];
    for (let i = from; range.step > 0 ? i < to : i > to; i += range.step) indices.push(i);
    return indices.map((i) => data[i]!);
  },
  Concat(node, input) {
    const parts = node.inputs.map((_, i) => input(i) ?? unknownOf(node.inputs[i]));
    const known = parts.every((part) => part !== undefined) && parts.flat().length <= longest;
    return known ? parts.flat() : undefined;
  },
  Add: commutative((a, b) => a + b, 0),
  Mul: commutative((a, b) => a * b, 1),
  Sub: elementwise(numbers((a, b) => a - b, 0)),
  // Integer division truncates.
  Div: elementwise((a, b) => (b === 0 ? null : numbers((x, y) => Math.trunc(x / y), 1)(a, b))),
};

/** As many unknown elements as a one-dimensional value has. */
function unknownOf(value: Value | undefined): Elements | undefined {
  const [size] = value?.shape ?? [];
  return typeof size === 'number' && size <= longest ? Array<Dim>(size).fill(null) : undefined;
}
