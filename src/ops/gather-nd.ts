import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { moves } from './cost.ts';
import { mergeDim } from './dims.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { zeros } from './scatter-grad.ts';
import { staticShape } from './static-shape.ts';

/** Each vector along the last axis of the indices (input 1) names an element or slice of the data. */
export const gatherND: Op = {
  type: 'GatherND',
  infer(node) {
    requireDtype(node, 1, 'integer');
    requireRank(node, 0, 1, Infinity);
    requireRank(node, 1, 1, Infinity);
    return [{ dtype: node.input(0).dtype, shape: gatheredShape(node) }];
  },
  cost: moves,
  parameters: [0],
  quantize: { kind: 'same-scale' },
  grad: (c) => {
    const { node, g, dy } = c;
    if (node.int('batch_dims', 0)) throw node.error('has a gradient for batch_dims 0 only');
    const data = zeros(c, staticShape(node.input(0)));
    return [g.op('ScatterND', [data, node.input(1), dy], { reduction: 'add' })];
  },
};

function gatheredShape(node: Node): Shape | undefined {
  const { shape } = node.input(0);
  const indices = node.input(1).shape;
  const depth = indices?.at(-1);
  if (!shape || !indices || typeof depth !== 'number') return undefined;
  const batch = node.int('batch_dims', 0);
  if (batch < 0 || batch >= indices.length || batch + depth > shape.length)
    throw node.error(
      `indices ${formatShape(indices)} must name up to ${shape.length - batch} axes of ${formatShape(shape)}`,
    );
  const lead = indices.slice(0, -1).map((dim, i): Dim => (i < batch ? merged(node, dim, shape[i]!) : dim));
  return [...lead, ...shape.slice(batch + depth)];
}

function merged(node: Node, index: Dim, data: Dim): Dim {
  const dim = mergeDim(data, index);
  if (dim !== undefined) return dim;
  throw node.error(`batch axes must have equal sizes, are ${data} in the data and ${index} in the indices`);
}
