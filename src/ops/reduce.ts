import type { Node, Shape, TensorType } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { unknownDims } from './dims.ts';
import { requireDtype } from './inputs.ts';
import { type Operand, operand, operandLength } from './operand.ts';

/** Output type of ReduceMean and its kin: axes as attribute (old operator sets) or input 1. */
export function inferReduce(node: Node): TensorType[] {
  requireDtype(node, 0, 'number');
  return inferExtreme(node);
}

/** Output type of ReduceMax and ReduceMin, which take booleans too. */
export function inferExtreme(node: Node): TensorType[] {
  const { dtype, shape } = node.input(0);
  return [{ dtype, shape: shape && reducedShape(node, shape) }];
}

function reducedShape(node: Node, shape: Shape): Shape | undefined {
  const keep = node.int('keepdims', 1) === 1;
  const axes = reducedAxes(node, shape.length);
  if (axes === 'dynamic') return dynamicShape(node, shape.length, keep);
  const reduced = new Set(axes);
  return keep ? shape.map((dim, i) => (reduced.has(i) ? 1 : dim)) : shape.filter((_, i) => !reduced.has(i));
}

/** The axes that a reduction removes, normalized; 'dynamic' if they are computed at run time. */
export function reducedAxes(node: Node, rank: number): number[] | 'dynamic' {
  const axes: Operand = operand(node, 'axes', 1);
  if (axes === 'dynamic') return operandLength(node, 1) === 0 ? emptyAxes(node, rank) : 'dynamic';
  return axes?.length ? normalizeAxes(node, axes, rank) : emptyAxes(node, rank);
}

const emptyAxes = (node: Node, rank: number): number[] =>
  node.int('noop_with_empty_axes', 0) ? [] : [...Array(rank).keys()];

function dynamicShape(node: Node, rank: number, keep: boolean): Shape | undefined {
  if (keep) return unknownDims(rank);
  const count = operandLength(node, 1);
  return count === undefined ? undefined : unknownDims(rank - count);
}
