import { moves } from './cost.ts';
import { productDims } from './dims.ts';
import type { Op } from './op.ts';
import { relayoutChannels } from './reshape-channels.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** A matrix: the axes before `axis` become its rows, the others its columns. */
export const flatten: Op = {
  type: 'Flatten',
  infer(node) {
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape: [null, null] }];
    const axis = node.int('axis', 1);
    const rank = shape.length;
    if (axis < -rank || axis > rank) throw node.error(`axis must be from ${-rank} to ${rank}, is ${axis}`);
    const at = axis < 0 ? axis + rank : axis;
    return [{ dtype, shape: [productDims(shape.slice(0, at)), productDims(shape.slice(at))] }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => [reshape(g, dy, staticShape(node.input(0)))],
  channels: relayoutChannels,
};
