import { normalizeAxes } from '../axes.ts';
import { moves } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** ReduceMean of quantized data over the attribute `axes`. */
export const qLinearReduceMean: Op = {
  type: 'QLinearReduceMean',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'integer');
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape }];
    const axes = normalizeAxes(node, node.ints('axes') ?? [...shape.keys()], shape.length);
    const keep = node.int('keepdims', 1) === 1;
    const kept = shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
    return [{ dtype, shape: keep ? kept : shape.filter((_, i) => !axes.includes(i)) }];
  },
  cost: moves,
  parameters: [],
};
