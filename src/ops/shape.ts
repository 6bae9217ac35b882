import type { Dim, Node, Shape } from '../ir/index.ts';
import { sizeChannels } from './constant-channels.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sliceBounds } from './slice-bounds.ts';

/** The sizes of the axes from `start` to `end`, as int64. */
export const shape: Op = {
  type: 'Shape',
  infer(node) {
    const size: Dim = shownDims(node)?.length ?? null;
    return [{ dtype: 'int64', shape: [size] }];
  },
  cost: moves,
  channels: sizeChannels,
};

/** The dimensions that the node gives; undefined if the rank of its input is unknown. */
export function shownDims(node: Node): Shape | undefined {
  const dims = node.input(0).shape;
  if (!dims) return undefined;
  const [start, end] = [node.int('start', 0), node.int('end', dims.length)];
  return dims.slice(...sliceBounds(dims.length, { start, end, step: 1 }));
}
