import { formatShape, type Node } from '../ir/index.ts';
import { moves } from './cost.ts';
import { mergeShapes } from './dims.ts';
import { requireDtype, requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { scatterGrad } from './scatter-grad.ts';

/** A copy of data in which the elements or slices that the indices name are replaced (or reduced) with the updates. */
export const scatterND: Op = {
  type: 'ScatterND',
  infer(node) {
    requireDtype(node, 1, 'integer');
    requireRank(node, 0, 1, Infinity);
    requireRank(node, 1, 1, Infinity);
    checkUpdates(node);
    return [{ dtype: sharedDtype(node, 'any', [0, 2]), shape: node.input(0).shape }];
  },
  cost: moves,
  grad: (c) =>
    scatterGrad(c, {
      scatter: (inputs) => c.g.op('ScatterND', inputs),
      gather: (inputs) => c.g.op('GatherND', inputs),
    }),
};

/** Throws ModelError unless the updates have one element or slice for each index. */
function checkUpdates(node: Node): void {
  const { shape } = node.input(0);
  const [indices, updates] = [node.input(1).shape, node.input(2).shape];
  const depth = indices?.at(-1);
  if (!shape || !indices || !updates || typeof depth !== 'number') return;
  const wanted = [...indices.slice(0, -1), ...shape.slice(depth)];
  if (updates.length === wanted.length && mergeShapes(wanted, updates)) return;
  throw node.error(`updates must have shape ${formatShape(wanted)}, have ${formatShape(updates)}`);
}
