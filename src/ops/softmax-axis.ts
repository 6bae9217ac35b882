import type { Node, TensorType } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { requireDtype } from './inputs.ts';

/** Output as the input, for functions that normalize along the attribute `axis`. */
export function inferAlongAxis(node: Node): TensorType[] {
  requireDtype(node, 0, 'float');
  const { dtype, shape } = node.input(0);
  if (shape?.length) normalizeAxis(node, node.int('axis', -1), shape.length);
  return [{ dtype, shape }];
}
