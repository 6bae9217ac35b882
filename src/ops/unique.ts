import type { TensorType } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** Distinct elements, or slices along `axis`; first indices, inverse indices and counts. */
export const unique: Op = {
  type: 'Unique',
  infer(node) {
    const { dtype, shape } = node.input(0);
    const indices: TensorType = { dtype: 'int64', shape: [null] };
    const flat = !node.attributes.has('axis');
    const axis = flat || !shape ? 0 : normalizeAxis(node, node.int('axis', 0), shape.length);
    return [{ dtype, shape: flat ? [null] : shape?.with(axis, null) }, indices, indices, indices];
  },
  cost: moves,
};
