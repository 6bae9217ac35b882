import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import { inputAxis, mixingChannels } from './mixing-channels.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** Sums of all elements up to each one along the axis in input 1. */
export const cumSum: Op = {
  type: 'CumSum',
  infer(node) {
    requireDtype(node, 0, 'number');
    requireRank(node, 1, 0, 1);
    const { dtype, shape } = node.input(0);
    const axis = operandInput(node, 1);
    if (shape && axis && axis !== 'dynamic') normalizeAxis(node, axis[0] ?? 0, shape.length);
    return [{ dtype, shape }];
  },
  cost: moves,
  parameters: [],
  grad: ({ node, g, dy }) => {
    const attributes = { exclusive: node.int('exclusive', 0), reverse: 1 - node.int('reverse', 0) };
    return [g.op('CumSum', [dy, node.input(1)], attributes)];
  },
  channels: mixingChannels(inputAxis),
};
