import type { Group } from '../groups/index.ts';
import { channelSums, meanOfParts, scoresOf, weightedGradients } from './channel-sums.ts';
import { forEachGradient } from './gradients.ts';
import type { Importance } from './importance.ts';

/** Samples of a batch: the gradient is of their mean loss. */
const batchSize = 64;

/**
 * First order of the loss's change without each weight: the sum of |w g| over a channel's weights, biases and factors, g the
 * gradient of the mean loss over the samples, the mean over the parts of the group (Molchanov et al. 2019, arXiv
 * 1906.10771, by weight as in Torch-Pruning).
 */
export const taylor: Importance = {
  name: 'taylor',
  summary: 'first-order change of the loss without the weights of a channel, on data',
  needsData: true,
  async score(model, groups, options) {
    const sums = new Map<string, Float64Array>();
    const batches = await forEachGradient(model, { ...options, batchSize }, (gradients) => {
      for (const [name, gradient] of gradients) addTo(sums, name, gradient);
    });
    const ofGroup = (group: Group) =>
      meanOfParts(group, (part) => {
        const sum = sums.get(part.initializer.name);
        if (!sum) return undefined;
        const changes = weightedGradients(part, sum).map((change) => Math.abs(change / batches));
        return channelSums(part, group.channels, changes);
      });
    return scoresOf(groups, ofGroup);
  },
};

function addTo(sums: Map<string, Float64Array>, name: string, values: Float32Array): void {
  const sum = sums.get(name) ?? new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) sum[i]! += values[i]!;
  sums.set(name, sum);
}
