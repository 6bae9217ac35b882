import type { Dim, Shape } from '../../ir/index.ts';
import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireDtype, requireRank } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** LSTM whose weights are 8-bit and transposed: W [directions, inputs, 4 * hidden], R [directions, hidden, 4 * hidden]. */
export const dynamicQuantizeLSTM: Op = {
  type: 'DynamicQuantizeLSTM',
  domain: microsoft,
  infer(node) {
    for (const index of [0, 1, 2]) requireRank(node, index, 3);
    requireDtype(node, 0, 'float');
    const { dtype, shape } = node.input(0);
    const [steps = null, batch = null] = shape ?? [];
    const directions = node.string('direction', 'forward') === 'bidirectional' ? 2 : 1;
    const hidden: Dim = node.attributes.has('hidden_size')
      ? node.int('hidden_size', 0)
      : (node.input(2).shape?.[1] ?? null);
    const last: Shape = [directions, batch, hidden];
    return [[steps, ...last], last, last].map((sizes) => ({ dtype, shape: sizes }));
  },
  cost(node) {
    const [steps, batch] = costShape(node, node.input(0)) as [Dim, Dim, Dim];
    const weights = [1, 2].map((index) => countOf(costShape(node, node.input(index))));
    return { macs: countOf([steps, batch]) * (weights[0]! + weights[1]!), bytes: bytesOf(node) };
  },
  parameters: [1, 2, 3, 7],
};
