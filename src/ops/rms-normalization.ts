import type { Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { inferLayer } from './layer-normalization.ts';
import { layerNormalizationChannels } from './normalization-channels.ts';
import { normalize } from './normalization-grad.ts';
import type { GradContext, Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { broadcastGradients } from './sum-to.ts';

/** Inputs X, scale; divides by the root mean square over `axis` and all that follow (Zhang and Sennrich, 2019). */
export const rmsNormalization: Op = {
  type: 'RMSNormalization',
  infer: (node) => inferLayer(node).slice(0, 1),
  cost: moves,
  parameters: [1],
  grad: rmsGrad,
  channels: layerNormalizationChannels,
};

/** Gradients of X and scale. */
export function rmsGrad(c: GradContext): (Value | undefined)[] {
  const { node, g, dy } = c;
  const x = node.input(0);
  const first = normalizeAxis(node, node.int('axis', -1), staticShape(x).length);
  const axes = [...staticShape(x).keys()].slice(first);
  const layer = normalize(g, { x, axes, epsilon: node.float('epsilon', 1e-5), centered: false });
  const { mul } = arithmetic(g);
  return broadcastGradients(
    c,
    () => layer.gradient(mul(dy, node.input(1))),
    () => mul(dy, layer.y),
  );
}
