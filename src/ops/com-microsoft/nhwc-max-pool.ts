import { moves } from '../cost.ts';
import { requireDtype, requireRank } from '../inputs.ts';
import type { Op } from '../op.ts';
import { kernelShape, windowAxes } from '../window.ts';
import { microsoft } from './domain.ts';

/** MaxPool of X [N, ..., C]. */
export const nhwcMaxPool: Op = {
  type: 'NhwcMaxPool',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'integer');
    requireRank(node, 0, 3, Infinity);
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape }];
    const spatial = shape.slice(1, -1);
    const window = windowAxes(node, spatial, kernelShape(node, spatial.length));
    return [{ dtype, shape: [shape[0]!, ...window.map((axis) => axis.output), shape.at(-1)!] }];
  },
  cost: moves,
};
