import type { Node, Shape } from '../ir/index.ts';
import { broadcastShapes } from './broadcast.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import { expandChannels } from './expand-channels.ts';
import type { Op } from './op.ts';
import { operandInput, operandLength } from './operand.ts';
import { staticShape } from './static-shape.ts';
import { sumTo } from './sum-to.ts';

/** Broadcasts input 0 with the shape in input 1; a size of 1 there keeps the input's. */
export const expand: Op = {
  type: 'Expand',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: broadcastShapes(node, [shape, target(node)]) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => [sumTo(g, dy, staticShape(node.input(0)))],
  channels: expandChannels,
};

function target(node: Node): Shape | undefined {
  const wanted = operandInput(node, 1);
  if (wanted !== 'dynamic') return wanted;
  const rank = operandLength(node, 1);
  return rank === undefined ? undefined : unknownDims(rank);
}
