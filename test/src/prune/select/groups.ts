import type { Group } from '../../../../src/prune/index.ts';

/** A group of that many channels, without weights. */
export const group = (name: string, channels: number, obstacle?: string): Group => ({
  ...{ name, channels, parts: [] },
  ...(obstacle !== undefined && { obstacle }),
});

export const scoresFrom = (scores: Record<string, readonly number[]>): Map<string, Float64Array> =>
  new Map(Object.entries(scores).map(([name, own]) => [name, Float64Array.from(own)]));
