import { product, type Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { inferChannelwise } from './channelwise.ts';
import { moves } from './cost.ts';
import { groupNormalizationChannels } from './normalization-channels.ts';
import { normalize } from './normalization-grad.ts';
import type { GradContext, Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, sumOver } from './sum-to.ts';

/** Inputs X [N, C, ...], scale, bias [C]; normalizes over groups of channels and the spatial axes (Wu and He, 2018). */
export const groupNormalization: Op = {
  type: 'GroupNormalization',
  infer(node) {
    const types = inferChannelwise(node);
    const channels = types[0]?.shape?.[1];
    const groups = node.int('num_groups', 0);
    if (groups < 1) throw node.error(`num_groups must be at least 1, is ${groups}`);
    if (typeof channels === 'number' && channels % groups !== 0)
      throw node.error(`channels must be a multiple of num_groups ${groups}, are ${channels}`);
    return types;
  },
  cost: moves,
  parameters: [1, 2],
  grad: groupGrad,
  channels: groupNormalizationChannels,
};

/** X as [N, groups, channels of a group, spatial]. */
function groupGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const shape = staticShape(node.input(0));
  const [batch = 1, channels = 1, ...spatial] = shape;
  const groups = node.int('num_groups', 0);
  const grouped = [batch, groups, channels / groups, product(spatial)];
  const x = reshape(g, node.input(0), grouped);
  const group = normalize(g, { x, axes: [2, 3], epsilon: node.float('epsilon', 1e-5), centered: true });
  const { mul } = arithmetic(g);
  const scale = reshape(g, node.input(1), [1, groups, channels / groups, 1]);
  const change = reshape(g, dy, grouped);
  const total = (value: Value): Value =>
    reshape(g, sumOver(g, reshape(g, value, [batch, channels, product(spatial)]), [0, 2]), [channels]);
  return [
    needs(0) ? reshape(g, group.gradient(mul(change, scale)), shape) : undefined,
    needs(1) ? total(mul(change, group.y)) : undefined,
    needs(2) ? total(dy) : undefined,
  ];
}
