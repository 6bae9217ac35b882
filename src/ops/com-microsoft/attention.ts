import type { Dim } from '../../ir/index.ts';
import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireRank, sharedDtype } from '../inputs.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Self attention: input [batch, length, features], weights of query, key and value [features, 3 * hidden], bias. */
export const attention: Op = {
  type: 'Attention',
  domain: microsoft,
  infer(node) {
    requireRank(node, 0, 3);
    requireRank(node, 1, 2);
    const [batch = null, length = null] = node.input(0).shape ?? [];
    const columns = node.input(1).shape?.[1] ?? null;
    const hidden: Dim =
      node.ints('qkv_hidden_sizes')?.[2] ?? (typeof columns === 'number' ? columns / 3 : null);
    return [{ dtype: sharedDtype(node, 'float', [0, 1]), shape: [batch, length, hidden] }];
  },
  cost(node) {
    const [batch, length] = costShape(node, node.input(0)) as [Dim, Dim, Dim];
    const weights = countOf(costShape(node, node.input(1)));
    const columns = countOf([costShape(node, node.input(1))[1]!]);
    const rows = countOf([batch, length]);
    // Queries times keys, and their softmax times values: two thirds of the columns for each pair of positions.
    const macs = rows * weights + rows * countOf([length]) * ((2 * columns) / 3);
    return { macs, bytes: bytesOf(node) };
  },
  parameters: [1, 2],
};
