import { opOf } from '../../ops/index.ts';
import type { GroupPart } from '../groups/index.ts';

/** Whether a part is the factors that a normalization with running statistics multiplies each channel by: the first it learns. */
export function isScale({ node, initializer }: GroupPart): boolean {
  const op = opOf(node);
  const [scale] = op?.parameters ?? [];
  return op?.state !== undefined && scale !== undefined && node.inputs[scale] === initializer;
}
