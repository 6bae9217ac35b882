import type { Dim, Node, TensorType } from '../ir/index.ts';
import { batchNormalizationGrad, batchNormalizationTraining } from './batch-normalization-grad.ts';
import { moves } from './cost.ts';
import { mergeDim } from './dims.ts';
import { requireDtype, requireRank } from './inputs.ts';
import { channelwiseChannels } from './normalization-channels.ts';
import type { Op } from './op.ts';

/** Inputs X [N, C, ...], scale, bias, mean, variance [C]; with training_mode=1 also outputs the running statistics. */
export const batchNormalization: Op = {
  type: 'BatchNormalization',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 1, Infinity);
    const channels = channelCount(node);
    const { dtype, shape } = node.input(0);
    const statistics: TensorType = { dtype: node.input(3).dtype, shape: [channels] };
    const outputs: TensorType[] = [{ dtype, shape }];
    return node.int('training_mode', 0) === 1 ? [...outputs, statistics, statistics] : outputs;
  },
  cost: moves,
  grad: batchNormalizationGrad,
  training: batchNormalizationTraining,
  parameters: [1, 2],
  state: [3, 4],
  channels: channelwiseChannels,
};

/** Size of axis 1 as X and its four parameter vectors know it. Throws ModelError if they disagree. */
function channelCount(node: Node): Dim {
  const { shape } = node.input(0);
  let channels: Dim = shape === undefined ? null : (shape[1] ?? 1);
  for (const index of [1, 2, 3, 4]) {
    requireDtype(node, index, 'float');
    requireRank(node, index, 1);
    const size = node.input(index).shape?.[0] ?? null;
    const merged = mergeDim(channels, size);
    if (merged === undefined)
      throw node.error(`input ${index} must have ${channels} elements, one a channel, has ${size}`);
    channels = merged;
  }
  return channels;
}
