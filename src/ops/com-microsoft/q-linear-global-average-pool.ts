import { moves } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { channelsFirst, channelsLast } from './channels-last.ts';
import { microsoft } from './domain.ts';

/** GlobalAveragePool of quantized X [N, C, ...], or [N, ..., C] with channels_last=1. */
export const qLinearGlobalAveragePool: Op = {
  type: 'QLinearGlobalAveragePool',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'integer');
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape }];
    const pooled = channelsFirst(node, shape).map((dim, i) => (i < 2 ? dim : 1));
    return [{ dtype, shape: channelsLast(node, pooled) }];
  },
  cost: moves,
  parameters: [],
};
