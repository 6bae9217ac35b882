import type { Group } from '../groups/index.ts';
import type { Scores } from '../importance/index.ts';
import { keptChannels } from './kept-channels.ts';
import type { Removal } from './selection.ts';

/** `global`: the least important channels of the whole model; `uniform`: the same share of each group. */
export type RankingScope = 'global' | 'uniform';

export interface RankingOptions {
  readonly scope: RankingScope;
  /** Divides each group's scores by their mean for a global ranking. */
  readonly normalize: boolean;
  /** What is left of a group's channels is a multiple of it, or all. */
  readonly roundTo: number;
  /** Fewest channels that a group keeps. */
  minChannels(group: Group): number;
}

/** Channels in the order in which they go. */
export interface Ranking {
  /** How many can go. */
  readonly levels: number;
  /** Channels of all ranked groups. */
  readonly channels: number;
  /** What goes when the first `level` may: each group keeps a multiple of what is rounded to, never fewer. */
  at(level: number): Removal;
}

interface Entry {
  readonly group: number;
  readonly key: number;
}

/** Ranks the channels of groups that have scores. A group's own channels go in the order of their scores. */
export function rankChannels(groups: readonly Group[], scores: Scores, options: RankingOptions): Ranking {
  const orders = groups.map(({ name }) => ascending(scores.get(name)!));
  const entries = groups.flatMap((group, index): Entry[] => {
    const own = scores.get(group.name)!;
    const removable = Math.max(0, group.channels - Math.max(1, options.minChannels(group)));
    const mean = own.reduce((a, b) => a + b, 0) / group.channels || 1;
    const keyOf = (place: number): number => {
      if (options.scope === 'uniform') return (place + 1) / group.channels;
      return own[orders[index]![place]!]! / (options.normalize ? mean : 1);
    };
    return Array.from({ length: removable }, (_, place) => ({ group: index, key: keyOf(place) }));
  });
  entries.sort((a, b) => a.key - b.key);
  return {
    levels: entries.length,
    channels: groups.reduce((sum, { channels }) => sum + channels, 0),
    at: (level) =>
      removalOf(groups, { orders, counts: countsOf(entries, level, groups.length) }, options.roundTo),
  };
}

const ascending = (scores: Float64Array): number[] =>
  [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);

function countsOf(entries: readonly Entry[], level: number, groups: number): number[] {
  const counts = new Array<number>(groups).fill(0);
  for (const { group } of entries.slice(0, level)) counts[group]!++;
  return counts;
}

function removalOf(
  groups: readonly Group[],
  { orders, counts }: { orders: readonly (readonly number[])[]; counts: readonly number[] },
  roundTo: number,
): Removal {
  const removal = new Map<string, number[]>();
  for (const [i, group] of groups.entries()) {
    const count = group.channels - keptChannels(group, group.channels - counts[i]!, roundTo);
    if (count > 0)
      removal.set(
        group.name,
        orders[i]!.slice(0, count).sort((a, b) => a - b),
      );
  }
  return removal;
}

/** Channels that a removal takes away. */
export const removedCount = (removal: Removal): number =>
  [...removal.values()].reduce((sum, { length }) => sum + length, 0);
