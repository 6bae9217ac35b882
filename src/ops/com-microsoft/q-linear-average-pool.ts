import { moves } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { kernelShape, windowAxes } from '../window.ts';
import { channelsFirst, channelsLast } from './channels-last.ts';
import { microsoft } from './domain.ts';

/** AveragePool of quantized X [N, C, ...], or [N, ..., C] with channels_last=1. */
export const qLinearAveragePool: Op = {
  type: 'QLinearAveragePool',
  domain: microsoft,
  infer(node) {
    requireDtype(node, 0, 'integer');
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape }];
    const [n, c, ...spatial] = channelsFirst(node, shape);
    const window = windowAxes(node, spatial, kernelShape(node, spatial.length));
    return [{ dtype, shape: channelsLast(node, [n!, c!, ...window.map((axis) => axis.output)]) }];
  },
  cost: moves,
  parameters: [],
};
