import type { Value } from '../ir/index.ts';
import { depthToSpaceChannels } from './block-channels.ts';
import { blocksOf, dividedDim } from './block-shape.ts';
import { moves } from './cost.ts';
import { productDims } from './dims.ts';
import type { GradContext, Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, transpose } from './sum-to.ts';

/** Moves channels into blocks of blocksize x blocksize pixels; the channel varies fastest (DCR) or slowest (CRD). */
export const depthToSpace: Op = {
  type: 'DepthToSpace',
  infer(node) {
    const { dims, block } = blocksOf(node);
    const mode = node.string('mode', 'DCR');
    if (mode !== 'DCR' && mode !== 'CRD') throw node.error(`mode must be DCR or CRD, is ${mode}`);
    const { dtype } = node.input(0);
    if (!dims) return [{ dtype, shape: [null, null, null, null] }];
    const [n, c, h, w] = dims;
    const channels = dividedDim(node, c, block * block);
    return [{ dtype, shape: [n, channels, productDims([h, block]), productDims([w, block])] }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: (c) => [spaceToChannels(c)],
  channels: depthToSpaceChannels,
};

/** Not by SpaceToDepth: a Transpose is several times faster, and can give either order of channels. */
function spaceToChannels({ node, g, dy }: GradContext): Value {
  const [n, c, h, w] = staticShape(node.input(0)) as [number, number, number, number];
  const { block } = blocksOf(node);
  const blocks = reshape(g, dy, [n, c / block ** 2, h, block, w, block]);
  const perm = node.string('mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return reshape(g, transpose(g, blocks, perm), [n, c, h, w]);
}
