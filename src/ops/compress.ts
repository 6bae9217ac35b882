import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** The slices along `axis`, or elements, where the condition (input 1) holds. */
export const compress: Op = {
  type: 'Compress',
  infer(node) {
    requireDtype(node, 1, 'bool');
    requireRank(node, 1, 1);
    const { dtype, shape } = node.input(0);
    const condition = operandInput(node, 1);
    const kept = condition && condition !== 'dynamic' ? condition.filter(Boolean).length : null;
    if (!node.attributes.has('axis')) return [{ dtype, shape: [kept] }];
    if (!shape) return [{ dtype, shape }];
    return [{ dtype, shape: shape.with(normalizeAxis(node, node.int('axis', 0), shape.length), kept) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
};
