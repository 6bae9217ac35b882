import { formatShape, isStatic, type Node, type Shape } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandLength } from './operand.ts';
import { relayoutChannels } from './reshape-channels.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Removes axes of size 1: those in `axes` (attribute in old operator sets, else input 1), or all of them. */
export const squeeze: Op = {
  type: 'Squeeze',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && squeezed(node, shape) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => [reshape(g, dy, staticShape(node.input(0)))],
  channels: relayoutChannels,
};

function squeezed(node: Node, shape: Shape): Shape | undefined {
  const axes = operand(node, 'axes', 1);
  if (axes === 'dynamic') {
    const count = operandLength(node, 1);
    return count === undefined ? undefined : unknownDims(shape.length - count);
  }
  if (!axes) return isStatic(shape) ? shape.filter((dim) => dim !== 1) : undefined;
  const gone = normalizeAxes(node, axes, shape.length);
  const wrong = gone.find((axis) => typeof shape[axis] === 'number' && shape[axis] !== 1);
  if (wrong !== undefined)
    throw node.error(`squeezed axis ${wrong} must have size 1, input is ${formatShape(shape)}`);
  return shape.filter((_, i) => !gone.includes(i));
}
