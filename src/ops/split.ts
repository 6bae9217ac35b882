import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand } from './operand.ts';
import { zeros } from './scatter-grad.ts';
import { splitChannels } from './split-channels.ts';
import { staticShape } from './static-shape.ts';

/** Sizes are attribute `split` or input 1; without them the parts are equal, the last one smaller if it must be. */
export const split: Op = {
  type: 'Split',
  infer(node) {
    const { dtype, shape } = node.input(0);
    if (!shape) return node.outputs.map(() => ({ dtype, shape: undefined }));
    const axis = normalizeAxis(node, node.int('axis', 0), shape.length);
    return splitSizes(node, shape, axis).map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  gradOfAllOutputs: true,
  grad: (c) => {
    const parts = c.node.outputs.map((output, i) => c.dys[i] ?? zeros(c, staticShape(output)));
    return [c.g.op('Concat', parts, { axis: c.node.int('axis', 0) })];
  },
  channels: splitChannels,
};

function splitSizes(node: Node, shape: Shape, axis: number): readonly Dim[] {
  const count = node.outputs.length;
  const given = operand(node, 'split', 1);
  const dim = shape[axis]!;
  if (given === 'dynamic') return unknownDims(count);
  if (!given) return equalSizes(dim, count);
  const total = given.reduce((a, b) => a + b, 0);
  if (given.length !== count || (typeof dim === 'number' && total !== dim))
    throw node.error(`split must be ${count} sizes that sum to ${dim ?? '?'}, is ${formatShape(given)}`);
  return given;
}

function equalSizes(dim: Dim, count: number): readonly Dim[] {
  if (typeof dim !== 'number') return count === 1 ? [dim] : unknownDims(count);
  const part = Math.ceil(dim / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, dim - i * part)));
}
