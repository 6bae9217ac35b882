import type { Dim, Node, TensorType } from '../ir/index.ts';
import { mergeDim } from './dims.ts';
import { requireDtype, requireRank } from './inputs.ts';

/**
 * Output as X [N, C, ...], with a scale and a bias [C] as inputs 1 and 2.
 * Throws ModelError if they do not have one element a channel.
 */
export function inferChannelwise(node: Node): TensorType[] {
  requireDtype(node, 0, 'float');
  requireRank(node, 0, 3, Infinity);
  const { dtype, shape } = node.input(0);
  let channels: Dim = shape?.[1] ?? null;
  for (const index of [1, 2]) {
    requireRank(node, index, 1);
    const size: Dim = node.input(index).shape?.[0] ?? null;
    const merged = mergeDim(channels, size);
    if (merged === undefined)
      throw node.error(`input ${index} must have ${channels} elements, one a channel, has ${size}`);
    channels = merged;
  }
  return [{ dtype, shape: shape?.with(1, channels) }];
}
