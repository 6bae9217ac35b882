import type { Dim, Node, Shape } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandInput } from './operand.ts';
import { type SliceRange, sliceBounds } from './slice-bounds.ts';
import { sliceChannels } from './slice-channels.ts';
import { sliceGrad } from './slice-grad.ts';

/** starts, ends, axes are attributes in old operator sets, else inputs 1 to 3; input 4 holds steps. */
export const slice: Op = {
  type: 'Slice',
  infer(node) {
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && sliced(node, shape) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: sliceGrad,
  channels: sliceChannels,
};

function sliced(node: Node, shape: Shape): Shape {
  const starts = operand(node, 'starts', 1);
  const ends = operand(node, 'ends', 2);
  const given = operand(node, 'axes', 3);
  const steps = operandInput(node, 4);
  if (!starts || !ends) throw node.error('must have starts and ends');
  const axes = given ?? (starts === 'dynamic' ? 'dynamic' : [...starts.keys()]);
  if (axes === 'dynamic') return unknownDims(shape.length);
  const result = [...shape];
  normalizeAxes(node, axes, shape.length).forEach((axis, i) => {
    const known = starts !== 'dynamic' && ends !== 'dynamic' && steps !== 'dynamic';
    const range = known && { start: starts[i]!, end: ends[i]!, step: steps?.[i] ?? 1 };
    result[axis] = range ? slicedDim(node, shape[axis]!, range) : null;
  });
  return result;
}

const unbounded = 2 ** 31 - 1;

function slicedDim(node: Node, dim: Dim, { start, end, step }: SliceRange): Dim {
  if (step === 0) throw node.error('steps must not be 0');
  if (typeof dim === 'number') {
    const [first, last] = sliceBounds(dim, { start, end, step });
    return Math.max(0, Math.ceil((last - first) / step));
  }
  const forwards = step === 1 && start === 0 && end >= unbounded;
  const backwards = step === -1 && (start === -1 || start >= unbounded) && end <= -unbounded;
  return forwards || backwards ? dim : null;
}
