import type { Node } from '../../ir/index.ts';
import { convMacs, convShape } from '../conv-shape.ts';
import { bytesOf } from '../cost.ts';
import { requireDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { channelsFirst, channelsLast } from './channels-last.ts';
import { microsoft } from './domain.ts';

const inputs = {
  weight: 3,
  bias: 8,
  image(node: Node) {
    const { shape } = node.input(0);
    return shape && channelsFirst(node, shape);
  },
};

/** QLinearConv of X [N, C, ...], or [N, ..., C] with channels_last=1. */
export const qLinearConv: Op = {
  type: 'QLinearConv',
  domain: microsoft,
  infer(node) {
    for (const index of [0, 3, 7]) requireDtype(node, index, 'integer');
    const shape = convShape(node, inputs);
    return [{ dtype: node.input(7).dtype, shape: shape && channelsLast(node, shape) }];
  },
  cost: (node) => ({ macs: convMacs(node, inputs), bytes: bytesOf(node) }),
  parameters: [3, 8],
};
