import { formatShape } from '../ir/index.ts';
import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { transposeChannels } from './transpose-channels.ts';

/** Without `perm`, the axes are reversed. */
export const transpose: Op = {
  type: 'Transpose',
  infer(node) {
    const { dtype, shape } = node.input(0);
    const perm = node.ints('perm') ?? shape?.map((_, i) => shape.length - 1 - i);
    if (!perm) return [{ dtype, shape: undefined }];
    const rank = shape?.length ?? perm.length;
    if (perm.length !== rank || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i))
      throw node.error(`perm must order the axes 0 to ${rank - 1}, is ${formatShape(perm)}`);
    return [{ dtype, shape: perm.map((axis) => shape?.[axis] ?? null) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => {
    const rank = staticShape(dy).length;
    const perm = node.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
    const inverse = perm.map((_, i) => perm.indexOf(i));
    return [g.op('Transpose', [dy], { perm: inverse })];
  },
  channels: transposeChannels,
};
