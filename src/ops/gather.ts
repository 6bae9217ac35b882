import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { gatherChannels } from './gather-channels.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { gatherGrad } from './scatter-grad.ts';
import { staticShape } from './static-shape.ts';

/** Takes the slices of data along `axis` that the indices name: that axis becomes the axes of the indices. */
export const gather: Op = {
  type: 'Gather',
  infer(node) {
    requireDtype(node, 1, 'integer');
    requireRank(node, 0, 1, Infinity);
    const { dtype, shape } = node.input(0);
    const indices = node.input(1).shape;
    if (!shape || !indices) return [{ dtype, shape: undefined }];
    const axis = normalizeAxis(node, node.int('axis', 0), shape.length);
    return [{ dtype, shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] }];
  },
  cost: moves,
  parameters: [0],
  quantize: { kind: 'same-scale' },
  grad: (c) => {
    const rank = staticShape(c.node.input(0)).length;
    return [gatherGrad(c, normalizeAxis(c.node, c.node.int('axis', 0), rank))];
  },
  channels: gatherChannels,
};
