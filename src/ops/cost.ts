import { byteLength, type Node, type Shape, type Value } from '../ir/index.ts';
import type { Cost } from './op.ts';

/** Number of elements; a dimension without a known size counts as 1. */
export const countOf = (shape: Shape): number =>
  shape.reduce<number>((count, dim) => count * (typeof dim === 'number' ? dim : 1), 1);

/** The shape of one of the node's values. Throws ModelError if its rank is unknown: such work has no known size. */
export function costShape(node: Node, value: Value): Shape {
  if (value.shape) return value.shape;
  throw node.error(`must know the rank of '${value.name}' to count its work; declare its shape in the model`);
}

/** Bytes of all inputs and outputs of one call. */
export function bytesOf(node: Node): number {
  const values = [...node.inputs.filter((value) => value !== undefined), ...node.outputs];
  const sizes = values.filter((value) => value.name !== '').map((value) => valueBytes(node, value));
  return sizes.reduce((a, b) => a + b, 0);
}

function valueBytes(node: Node, value: Value): number {
  if (value.dtype) return byteLength(value.dtype, countOf(costShape(node, value)));
  throw node.error(`must know the dtype of '${value.name}' to count its bytes; declare it in the model`);
}

/** Cost of an operator without multiply-accumulates: it only moves data or works on single elements. */
export const moves = (node: Node): Cost => ({ macs: 0, bytes: bytesOf(node) });
