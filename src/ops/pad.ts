import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandInput } from './operand.ts';
import { padChannels } from './pad-channels.ts';
import { padGrad } from './slice-grad.ts';

/** Pads (attribute in old operator sets, else input 1: all begins, then all ends) on all axes or those in input 3. */
export const pad: Op = {
  type: 'Pad',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && padded(node, shape) }];
  },
  cost: moves,
  parameters: [],
  quantize: { kind: 'same-scale' },
  grad: padGrad,
  channels: padChannels,
};

function padded(node: Node, shape: Shape): Shape {
  const pads = operand(node, 'pads', 1);
  const axes = operandInput(node, 3) ?? [...shape.keys()];
  if (!pads) throw node.error('must have pads');
  if (pads === 'dynamic' || axes === 'dynamic') return unknownDims(shape.length);
  if (pads.length !== 2 * axes.length)
    throw node.error(`pads must have ${2 * axes.length} entries, two an axis, are ${formatShape(pads)}`);
  const result = [...shape];
  normalizeAxes(node, axes, shape.length).forEach((axis, i) => {
    result[axis] = paddedDim(node, shape[axis]!, pads[i]! + pads[i + axes.length]!);
  });
  return result;
}

function paddedDim(node: Node, dim: Dim, total: number): Dim {
  if (typeof dim !== 'number') return total === 0 ? dim : null;
  if (dim + total >= 0) return dim + total;
  throw node.error(`pads must leave a size of at least 0, remove ${-total} of ${dim}`);
}
