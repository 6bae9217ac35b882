import { moves } from './cost.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs X [N, C, H, W], regions [R, 4], batch indices [R]; pools each region to one size (He et al., 2017). */
export const roiAlign: Op = {
  type: 'RoiAlign',
  infer(node) {
    for (const [index, rank] of [4, 2, 1].entries()) requireRank(node, index, rank);
    const regions = node.input(1).shape?.[0] ?? node.input(2).shape?.[0] ?? null;
    const channels = node.input(0).shape?.[1] ?? null;
    const size = [node.int('output_height', 1), node.int('output_width', 1)];
    return [{ dtype: sharedDtype(node, 'float', [0, 1]), shape: [regions, channels, ...size] }];
  },
  cost: moves,
  parameters: [],
};
