import type { Node, TensorType } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { requireDtype } from './inputs.ts';

/** Output type of ArgMax and ArgMin: an index for each place of the other axes. */
export function inferArgument(node: Node): TensorType[] {
  requireDtype(node, 0, 'number');
  const { shape } = node.input(0);
  if (!shape) return [{ dtype: 'int64', shape }];
  const axis = normalizeAxis(node, node.int('axis', 0), shape.length);
  const kept = node.int('keepdims', 1) ? [1] : [];
  return [{ dtype: 'int64', shape: [...shape.slice(0, axis), ...kept, ...shape.slice(axis + 1)] }];
}
