import type { Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { inferChannelwise } from './channelwise.ts';
import { moves } from './cost.ts';
import { channelwiseChannels } from './normalization-channels.ts';
import { normalize } from './normalization-grad.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, sumOver } from './sum-to.ts';

/** Inputs X [N, C, ...], scale, bias [C]; normalizes each channel of each sample over the spatial axes. */
export const instanceNormalization: Op = {
  type: 'InstanceNormalization',
  infer: inferChannelwise,
  cost: moves,
  parameters: [1, 2],
  grad: ({ node, g, dy, needs }) => {
    const [x, scale] = [node.input(0), node.input(1)];
    const shape = staticShape(x);
    const axes = [...shape.keys()].slice(2);
    const instance = normalize(g, { x, axes, epsilon: node.float('epsilon', 1e-5), centered: true });
    const { mul } = arithmetic(g);
    const channels = shape[1]!;
    const perChannel = reshape(g, scale, [channels, ...axes.map(() => 1)]);
    const total = (value: Value): Value => reshape(g, sumOver(g, value, [0, ...axes]), [channels]);
    return [
      needs(0) ? instance.gradient(mul(dy, perChannel)) : undefined,
      needs(1) ? total(mul(dy, instance.y)) : undefined,
      needs(2) ? total(dy) : undefined,
    ];
  },
  channels: channelwiseChannels,
};
