import type { Node, TensorType } from '../ir/index.ts';
import { attributeDtype } from './dtype-attribute.ts';
import { requireRank } from './inputs.ts';
import { operandInput } from './operand.ts';

/** A window function of as many samples as input 0 says. */
export function inferWindowFunction(node: Node): TensorType[] {
  requireRank(node, 0, 0, 1);
  const size = operandInput(node, 0);
  const known = size && size !== 'dynamic' ? (size[0] ?? null) : null;
  return [{ dtype: attributeDtype(node, 'output_datatype', 'float32'), shape: [known] }];
}
