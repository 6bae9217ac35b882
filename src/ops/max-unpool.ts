import type { Dim, Node, Shape } from '../ir/index.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import { requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';
import { kernelShape, windowAttributes } from './window.ts';

/** Puts values back where MaxPool's indices say; input 2 is the output shape, if it is not the smallest that fits. */
export const maxUnpool: Op = {
  type: 'MaxUnpool',
  infer(node) {
    return [{ dtype: node.input(0).dtype, shape: unpooledShape(node) }];
  },
  cost: moves,
  grad: ({ node, g, dy }) => {
    if (node.inputs[2]) throw node.error('has a gradient without an output shape only');
    const [flat, indices] = [dy, node.input(1)].map((value) => g.op('Reshape', [value, g.int64s([-1])]));
    const taken = g.op('GatherElements', [flat, indices], { axis: 0 });
    return [reshape(g, taken, staticShape(node.input(0)))];
  },
};

function unpooledShape(node: Node): Shape | undefined {
  requireRank(node, 0, 3, Infinity);
  const { shape } = node.input(0);
  const wanted = operandInput(node, 2);
  if (wanted === 'dynamic') return shape && unknownDims(shape.length);
  if (wanted || !shape) return wanted;
  const rank = shape.length - 2;
  const kernel = kernelShape(node, rank);
  const { strides, pads } = windowAttributes(node, rank);
  const spatial = shape.slice(2).map((dim, i): Dim => {
    if (typeof dim !== 'number') return null;
    return (dim - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[i + rank]!;
  });
  return [...shape.slice(0, 2), ...spatial];
}
