import type { Node, Shape } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandLength } from './operand.ts';
import { relayoutChannels } from './reshape-channels.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Inserts axes of size 1 at `axes` of the output (attribute in old operator sets, else input 1). */
export const unsqueeze: Op = {
  type: 'Unsqueeze',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && unsqueezed(node, shape) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => [reshape(g, dy, staticShape(node.input(0)))],
  channels: relayoutChannels,
};

function unsqueezed(node: Node, shape: Shape): Shape | undefined {
  const axes = operand(node, 'axes', 1);
  if (!axes) throw node.error('must have axes');
  if (axes === 'dynamic') {
    const count = operandLength(node, 1);
    return count === undefined ? undefined : unknownDims(shape.length + count);
  }
  const rank = shape.length + axes.length;
  const added = normalizeAxes(node, axes, rank);
  const rest = shape.values();
  return Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : rest.next().value!));
}
