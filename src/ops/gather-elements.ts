import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { zeros } from './scatter-grad.ts';
import { staticShape } from './static-shape.ts';

/** Takes one element for each index; data and indices have equal ranks. */
export const gatherElements: Op = {
  type: 'GatherElements',
  infer(node) {
    requireDtype(node, 1, 'integer');
    const { dtype, shape } = node.input(0);
    if (shape) normalizeAxis(node, node.int('axis', 0), shape.length);
    if (shape) requireRank(node, 1, shape.length);
    return [{ dtype, shape: node.input(1).shape }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: (c) => {
    const inputs = [zeros(c, staticShape(c.node.input(0))), c.node.input(1), c.dy];
    return [c.g.op('ScatterElements', inputs, { axis: c.node.int('axis', 0), reduction: 'add' })];
  },
};
