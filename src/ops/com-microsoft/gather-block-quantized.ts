import { normalizeAxis } from '../axes.ts';
import { moves } from '../cost.ts';
import { requireDtype, requireRank } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Gather from a table of few bits, to float. Inputs data, indices, scales, zero points; uint8 data hold 8 / bits numbers each. */
export const gatherBlockQuantized: Op = {
  type: 'GatherBlockQuantized',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 1, 'integer');
    requireRank(node, 0, 1, Infinity);
    const { dtype, shape } = node.input(0);
    const indices = node.input(1).shape;
    const type = node.input(2).dtype;
    if (!shape || !indices) return [{ dtype: type, shape: undefined }];
    const axis = normalizeAxis(node, node.int('gather_axis', 0), shape.length);
    const perByte = dtype === 'uint8' ? 8 / node.int('bits', 4) : 1;
    const last = shape.at(-1)!;
    const wide = [...shape.slice(0, -1), typeof last === 'number' ? last * perByte : null];
    return [{ dtype: type, shape: [...wide.slice(0, axis), ...indices, ...wide.slice(axis + 1)] }];
  },
  cost: moves,
  parameters: [0],
};
