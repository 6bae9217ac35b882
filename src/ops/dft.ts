import type { Dim, Node, Shape } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operand, operandInput } from './operand.ts';

/** Fourier transform of [..., 1 (real) or 2 (complex)] along an axis: an attribute before operator set 20, then input 2. */
export const dft: Op = {
  type: 'DFT',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 2, Infinity);
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape && transformed(node, shape) }];
  },
  cost: moves,
  parameters: [],
};

function transformed(node: Node, shape: Shape): Shape {
  const onesided = node.int('onesided', 0) === 1;
  const inverse = node.int('inverse', 0) === 1;
  const last: Dim = onesided && inverse ? 1 : 2;
  const resized = node.inputs[1] !== undefined || onesided;
  const axis = axisOf(node);
  if (axis === 'dynamic') return [...shape.slice(0, -1).map((dim) => (resized ? null : dim)), last];
  const at = normalizeAxis(node, axis, shape.length);
  return shape.map((dim, i) => (i === shape.length - 1 ? last : i === at ? length(node, dim) : dim));
}

function axisOf(node: Node): number | 'dynamic' {
  if (node.attributes.has('axis')) return node.int('axis', 1);
  const axis = operandInput(node, 2);
  // The default is axis 1 up to operator set 19 and -2 from then on: the same for a batch of signals.
  if (!axis) return node.input(0).shape?.length === 3 ? 1 : 'dynamic';
  return axis === 'dynamic' ? axis : (axis[0] ?? 1);
}

function length(node: Node, dim: Dim): Dim {
  const given = operand(node, 'dft_length', 1);
  const size = given === undefined ? dim : given === 'dynamic' ? null : (given[0] ?? null);
  if (node.int('onesided', 0) === 0) return size;
  if (typeof size !== 'number') return null;
  return node.int('inverse', 0) ? (given ? size : 2 * (size - 1)) : Math.floor(size / 2) + 1;
}
