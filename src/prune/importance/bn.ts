import type { Group } from '../groups/index.ts';
import { channelSums, meanOfParts, scoresOf, tensorOf } from './channel-sums.ts';
import type { Importance } from './importance.ts';
import { isScale } from './scale-of.ts';

/**
 * Absolute factors of batch normalizations (Liu et al. 2017, Network Slimming, arXiv 1708.06519). Says nothing of groups
 * that are not normalized: they are left as they are.
 */
export const bn: Importance = {
  name: 'bn',
  summary: 'absolute factor of the batch normalization of a channel',
  needsData: false,
  score: async (_model, groups) => scoresOf(groups, scaleOf),
};

function scaleOf(group: Group): Float64Array | undefined {
  return meanOfParts(group, (part) => {
    if (!isScale(part)) return undefined;
    return channelSums(
      part,
      group.channels,
      Float64Array.from(tensorOf(part).data as Float32Array, Math.abs),
    );
  });
}
