import type { Group, GroupPart } from '../groups/index.ts';
import { channelSums, meanOfParts, scoresOf, tensorOf } from './channel-sums.ts';
import type { Importance } from './importance.ts';
import { isScale } from './scale-of.ts';

/**
 * Importance by the size of weights: the sum of |w|^power over the weights that make a channel, those that read it and its factor
 * in normalizations: the mean of these sums (Fang et al. 2023, DepGraph, arXiv 2301.12900, eq. 5).
 * Biases say nothing of a channel's use.
 */
export function magnitude(name: string, power: 1 | 2, summary: string): Importance {
  const ofPart = (part: GroupPart, channels: number): Float64Array | undefined => {
    if (part.role === 'parameter' && !isScale(part)) return undefined;
    const sizes = Float64Array.from(tensorOf(part).data as Float32Array, (w) => Math.abs(w) ** power);
    return channelSums(part, channels, sizes);
  };
  const ofGroup = (group: Group) => meanOfParts(group, (part) => ofPart(part, group.channels));
  return {
    ...{ name, summary, needsData: false },
    score: async (_model, groups) => scoresOf(groups, ofGroup),
  };
}
