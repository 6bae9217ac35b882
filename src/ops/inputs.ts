import { type DType, formatShape, isFloat, type Node, type Shape } from '../ir/index.ts';

/** The families of element types that operators accept. */
export type DTypeFamily = 'any' | 'number' | 'float' | 'integer' | 'bool';

const belongs: Record<DTypeFamily, (dtype: DType) => boolean> = {
  any: () => true,
  bool: (dtype) => dtype === 'bool',
  float: isFloat,
  integer: (dtype) => dtype.startsWith('int') || dtype.startsWith('uint'),
  number: (dtype) => dtype !== 'bool' && dtype !== 'string',
};

/**
 * The dtype that the inputs at `indices` (default: all) share; undefined if none is known.
 * Throws ModelError if two differ or one is not of the family.
 */
export function sharedDtype(
  node: Node,
  family: DTypeFamily,
  indices: readonly number[] = [...node.inputs.keys()],
): DType | undefined {
  const first = indices.find((index) => node.inputs[index]?.dtype !== undefined);
  if (first === undefined) return undefined;
  const dtype = node.input(first).dtype!;
  if (!belongs[family](dtype)) throw node.error(`input ${first} must be of a ${family} type, is ${dtype}`);
  for (const index of indices) {
    const other = node.inputs[index]?.dtype;
    if (other !== undefined && other !== dtype)
      throw node.error(`input ${index} must be ${dtype} as input ${first} is, is ${other}`);
  }
  return dtype;
}

/** Throws ModelError if input `index` has a known dtype that is not of the family. */
export function requireDtype(node: Node, index: number, family: DTypeFamily): void {
  sharedDtype(node, family, [index]);
}

/** Throws ModelError if input `index` has a known rank outside of `min` to `max`. */
export function requireRank(node: Node, index: number, min: number, max = min): void {
  const shape = node.inputs[index]?.shape;
  if (!shape || (shape.length >= min && shape.length <= max)) return;
  const wanted = min === max ? `${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  throw node.error(`input ${index} must have rank ${wanted}, has shape ${formatShape(shape)}`);
}

/** Shape of a required input; undefined if its rank is unknown. */
export const shapeOf = (node: Node, index: number): Shape | undefined => node.input(index).shape;
