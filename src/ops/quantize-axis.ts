import { dimsAgree, formatShape, type Node } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { requireRank } from './inputs.ts';

/**
 * Throws ModelError unless the scale (and zero point) of a quantization node fits its input: one for the tensor,
 * one for each index of `axis`, or with block_size a tensor of the input's rank.
 */
export function checkScale(node: Node): void {
  const scale = node.input(1).shape;
  const zeroPoint = node.inputs[2]?.shape;
  const { shape } = node.input(0);
  if (
    zeroPoint &&
    scale &&
    !(zeroPoint.length === scale.length && scale.every((d, i) => dimsAgree(d, zeroPoint[i]!)))
  )
    throw node.error(
      `zero point must have the scale's shape ${formatShape(scale)}, has ${formatShape(zeroPoint)}`,
    );
  if (!shape || !scale) return;
  if (node.int('block_size', 0)) requireRank(node, 1, shape.length);
  else if (scale.length === 1 && scale[0] !== 1) checkAxis(node);
  else requireRank(node, 1, 0, 1);
}

function checkAxis(node: Node): void {
  const { shape } = node.input(0);
  const axis = normalizeAxis(node, node.int('axis', 1), shape!.length);
  const size = node.input(1).shape![0]!;
  if (!dimsAgree(shape![axis]!, size))
    throw node.error(
      `scale must have ${shape![axis]} elements, one for each index of axis ${axis}, has ${size}`,
    );
}
