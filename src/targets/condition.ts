import type { Node, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** One thing that a kernel demands of a node. */
export type Condition =
  /** An attribute has one of these values; `otherwise` is what an absent one means. */
  | {
      readonly attribute: string;
      readonly oneOf: readonly (number | string)[];
      readonly otherwise: number | string;
    }
  /** An input is known before the model runs, or is not. */
  | { readonly input: number; readonly is: 'constant' | 'variable' }
  /** An input has so many dimensions. */
  | { readonly input: number; readonly rank: readonly number[] }
  /** A dimension of an input is at least so large. */
  | { readonly input: number; readonly axis: number; readonly atLeast: number }
  /** The bounds of a Clip are one of these pairs. */
  | { readonly bounds: readonly (readonly [number, number])[] }
  /** The node has so many outputs that are used. */
  | { readonly outputs: number };

/** What is wrong with a node for this condition, as a clause; undefined if it is met or cannot be told. */
export function unmet(node: Node, condition: Condition): string | undefined {
  if ('attribute' in condition) return attributeUnmet(node, condition);
  if ('bounds' in condition) return boundsUnmet(node, condition.bounds);
  if ('outputs' in condition) {
    const used = node.outputs.filter((output) => output.name).length;
    return used > condition.outputs
      ? `it has ${used} outputs, int8 kernels give ${condition.outputs}`
      : undefined;
  }
  return inputUnmet(node, condition);
}

function attributeUnmet(
  node: Node,
  { attribute, oneOf, otherwise }: Extract<Condition, { attribute: string }>,
): string | undefined {
  const known = node.attributes.get(attribute);
  const value =
    known === undefined
      ? otherwise
      : typeof otherwise === 'string'
        ? node.string(attribute, otherwise)
        : known.type === 'float'
          ? node.float(attribute, otherwise)
          : node.int(attribute, otherwise);
  return oneOf.includes(value) ? undefined : `its ${attribute} must be ${oneOf.join(' or ')}, is ${value}`;
}

function inputUnmet(node: Node, condition: Extract<Condition, { input: number }>): string | undefined {
  const value = node.inputs[condition.input];
  if (!value) return undefined;
  const what = `its input ${condition.input}`;
  if ('is' in condition) {
    const constant = isConstant(value);
    if (constant === (condition.is === 'constant')) return undefined;
    return constant ? `${what} is a constant` : `${what} is not a constant`;
  }
  const { shape } = value;
  if (!shape) return undefined;
  if ('rank' in condition)
    return condition.rank.includes(shape.length)
      ? undefined
      : `${what} must have ${condition.rank.join(' or ')} dimensions, has ${shape.length}`;
  const size = shape[condition.axis];
  return typeof size === 'number' && size < condition.atLeast
    ? `dimension ${condition.axis} of ${what} must be ${condition.atLeast} or more, is ${size}`
    : undefined;
}

/** A constant, as it is or as integers behind DequantizeLinear. */
function isConstant(value: Value): boolean {
  const { producer } = value;
  const integers = producer?.opType === 'DequantizeLinear' ? producer.inputs[0] : undefined;
  return constantOf(integers ?? value) !== undefined;
}

function boundsUnmet(node: Node, allowed: readonly (readonly [number, number])[]): string | undefined {
  const bounds = clipBounds(node);
  if (!bounds) return 'its bounds are not constants';
  const [min, max] = bounds;
  if (allowed.some(([low, high]) => low === min && high === max)) return undefined;
  const pairs = allowed.map(([low, high]) => `[${low}, ${high}]`).join(' or ');
  return `its bounds must be ${pairs}, are [${min}, ${max}]`;
}

/** The bounds of a Relu or Clip, however it is written; undefined if they are only known at run time. */
export function clipBounds(node: Node): readonly [number, number] | undefined {
  if (node.opType === 'Relu') return [0, Infinity];
  const bound = (index: number, attribute: string, open: number): number | undefined => {
    const value = node.inputs[index];
    if (value) return constantOf(value)?.toNumbers()[0];
    return node.attributes.has(attribute) ? limited(node.float(attribute, open), open) : open;
  };
  const min = bound(1, 'min', -Infinity);
  const max = bound(2, 'max', Infinity);
  return min === undefined || max === undefined ? undefined : [min, max];
}

/** The default attributes of old operator sets are the largest floats. */
const limited = (bound: number, open: number): number => (Math.abs(bound) > 3.4e38 ? open : bound);
