import type { Node, TensorType } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { normalizeAxis } from './axes.ts';
import { requireBroadcastTo } from './broadcast.ts';
import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import { layerNormalizationChannels } from './normalization-channels.ts';
import { normalize } from './normalization-grad.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';
import { broadcastGradients } from './sum-to.ts';

/** Inputs X, scale, bias; normalizes over `axis` and all that follow. Optional outputs: means, inverse deviations. */
export const layerNormalization: Op = {
  type: 'LayerNormalization',
  infer: inferLayer,
  cost: moves,
  parameters: [1, 2],
  grad: (c) => {
    const { node, g, dy } = c;
    const x = node.input(0);
    const first = normalizeAxis(node, node.int('axis', -1), staticShape(x).length);
    const axes = [...staticShape(x).keys()].slice(first);
    const [, mean, inverse] = node.outputs;
    const layer = normalize(g, {
      ...{ x, axes, epsilon: node.float('epsilon', 1e-5), centered: true },
      ...(mean?.name && inverse?.name && { statistics: [mean, inverse] as const }),
    });
    const { mul } = arithmetic(g);
    const gradients = [
      () => layer.gradient(mul(dy, node.input(1))),
      () => mul(dy, layer.y),
      ...(node.inputs[2] ? [() => dy] : []),
    ];
    return broadcastGradients(c, ...gradients);
  },
  // Keeps the statistics, so that the gradient need not compute them again.
  training: ({ node, g, inputs }) => ({
    outputs: g
      .node('LayerNormalization', inputs, Object.fromEntries(node.attributes), 3)
      .slice(0, node.outputs.length),
  }),
  channels: layerNormalizationChannels,
};

/** Types of the output and of the statistics, whose normalized axes have size 1. */
export function inferLayer(node: Node): TensorType[] {
  requireDtype(node, 0, 'float');
  const { dtype, shape } = node.input(0);
  if (!shape) return [{ dtype, shape }, statistics(undefined), statistics(undefined)];
  const axis = normalizeAxis(node, node.int('axis', -1), shape.length);
  for (const index of [1, 2]) requireBroadcastTo(node, node.inputs[index]?.shape, shape);
  const kept = shape.map((dim, i) => (i < axis ? dim : 1));
  return [{ dtype, shape }, statistics(kept), statistics(kept)];
}

const statistics = (shape: TensorType['shape']): TensorType => ({ dtype: 'float32', shape });
