import { formatShape } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { mergeShapes } from './dims.ts';
import { requireDtype, requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { scatterGrad } from './scatter-grad.ts';

/** A copy of data in which single elements are replaced (or reduced with) the updates. */
export const scatterElements: Op = {
  type: 'ScatterElements',
  infer(node) {
    const dtype = sharedDtype(node, 'any', [0, 2]);
    requireDtype(node, 1, 'integer');
    const { shape } = node.input(0);
    const [indices, updates] = [node.input(1).shape, node.input(2).shape];
    if (shape) normalizeAxis(node, node.int('axis', 0), shape.length);
    if (shape) requireRank(node, 1, shape.length);
    if (indices) requireRank(node, 2, indices.length);
    if (indices && updates && !mergeShapes(indices, updates))
      throw node.error(
        `updates must have the indices' shape ${formatShape(indices)}, have ${formatShape(updates)}`,
      );
    return [{ dtype, shape }];
  },
  cost: moves,
  grad: (c) => {
    const axis = c.node.int('axis', 0);
    return scatterGrad(c, {
      scatter: (inputs) => c.g.op('ScatterElements', inputs, { axis }),
      gather: (inputs) => c.g.op('GatherElements', inputs, { axis }),
    });
  },
};
