import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { globalAveragePoolGrad } from './pool-grad.ts';

export const globalAveragePool: Op = {
  type: 'GlobalAveragePool',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 3, Infinity);
    const { dtype, shape } = node.input(0);
    return [{ dtype, shape: shape?.map((dim, i) => (i < 2 ? dim : 1)) }];
  },
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: globalAveragePoolGrad,
};
