import type { Node, TensorType } from '../ir/index.ts';
import { broadcastInputs } from './broadcast.ts';
import { type DTypeFamily, requireDtype, sharedDtype } from './inputs.ts';

/** Output as input 0, for functions of single elements. */
export const inferUnary =
  (family: DTypeFamily) =>
  (node: Node): TensorType[] => [{ dtype: sharedDtype(node, family, [0]), shape: node.input(0).shape }];

/** Output of the inputs' shared dtype in their broadcast shape. */
export const inferBroadcast =
  (family: DTypeFamily) =>
  (node: Node): TensorType[] => [{ dtype: sharedDtype(node, family), shape: broadcastInputs(node) }];

/** Booleans in the broadcast shape of two inputs that share a dtype of the family. */
export const inferPredicate =
  (family: DTypeFamily) =>
  (node: Node): TensorType[] => {
    sharedDtype(node, family, [0, 1]);
    return [{ dtype: 'bool', shape: broadcastInputs(node, [0, 1]) }];
  };

/** Output of input 0's dtype in the broadcast shape; the other input may have another dtype. */
export function inferPower(node: Node): TensorType[] {
  requireDtype(node, 0, 'number');
  requireDtype(node, 1, 'number');
  return [{ dtype: node.input(0).dtype, shape: broadcastInputs(node, [0, 1]) }];
}

/** Booleans in the shape of input 0. */
export const inferTest =
  (family: DTypeFamily) =>
  (node: Node): TensorType[] => {
    requireDtype(node, 0, family);
    return [{ dtype: 'bool', shape: node.input(0).shape }];
  };
