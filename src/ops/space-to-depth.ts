import { spaceToDepthChannels } from './block-channels.ts';
import { blocksOf, dividedDim } from './block-shape.ts';
import { moves } from './cost.ts';
import { productDims } from './dims.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, transpose } from './sum-to.ts';

/** Moves blocks of blocksize x blocksize pixels into channels. */
export const spaceToDepth: Op = {
  type: 'SpaceToDepth',
  infer(node) {
    const { dims, block } = blocksOf(node);
    const { dtype } = node.input(0);
    if (!dims) return [{ dtype, shape: [null, null, null, null] }];
    const [n, c, h, w] = dims;
    const sides = [dividedDim(node, h, block), dividedDim(node, w, block)];
    return [{ dtype, shape: [n, productDims([c, block * block]), ...sides] }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => {
    const [n, c, h, w] = staticShape(node.input(0)) as [number, number, number, number];
    const { block } = blocksOf(node);
    const blocks = reshape(g, dy, [n, block, block, c, h / block, w / block]);
    return [reshape(g, transpose(g, blocks, [0, 3, 4, 1, 5, 2]), [n, c, h, w])];
  },
  channels: spaceToDepthChannels,
};
