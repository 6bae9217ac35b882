import type { Group, GroupPart } from '../groups/index.ts';
import { channelSums, scoresOf, weightedGradients } from './channel-sums.ts';
import { forEachGradient, type Gradients } from './gradients.ts';
import type { Importance } from './importance.ts';

/**
 * Second order of the loss's change when a channel is switched off: half the mean square, over samples, of the loss's
 * derivative by a gate on the channel (Theis et al. 2018, arXiv 1801.05787; over coupled layers as Liu et al. 2021, Group
 * Fisher Pruning, arXiv 2108.00708). That derivative is the sum of w g over all weights that read the channel.
 */
export const fisher: Importance = {
  name: 'fisher',
  summary: "second-order change of the loss without a channel, from each sample's gradient",
  needsData: true,
  async score(model, groups, options) {
    const squares = new Map<string, Float64Array>();
    const samples = await forEachGradient(model, { ...options, batchSize: 1 }, (gradients) => {
      for (const group of groups) addSquares(squares, group, gradients);
    });
    return scoresOf(groups, ({ name }) => squares.get(name)?.map((sum) => sum / (2 * samples)));
  },
};

function addSquares(squares: Map<string, Float64Array>, group: Group, gradients: Gradients): void {
  const parts = gatedParts(group).filter(({ initializer }) => gradients.has(initializer.name));
  if (parts.length === 0) return;
  const sums = squares.get(group.name) ?? new Float64Array(group.channels);
  const all = parts.map((part) => {
    const products = weightedGradients(part, gradients.get(part.initializer.name)!);
    return channelSums(part, group.channels, products);
  });
  for (let c = 0; c < group.channels; c++) sums[c]! += all.reduce((sum, one) => sum + one[c]!, 0) ** 2;
  squares.set(group.name, sums);
}

/** Where a channel can be cut off: at all that read it, or where it is made if no weights read it. */
function gatedParts({ parts }: Group): readonly GroupPart[] {
  const readers = parts.filter(({ role }) => role === 'input');
  return readers.length > 0 ? readers : parts.filter(({ role }) => role === 'output');
}
