import type { Range } from '../observer.ts';

/** Shares of a range that is searched: all of it first, finer near all. */
const shares = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4];

/**
 * Ranges to try for a value, its whole range first: both ends drawn in alike, and of a range with both signs each end
 * alone.
 */
export function candidateRanges({ min, max }: Range): Range[] {
  const both = shares.map((share) => ({ min: min * share, max: max * share }));
  if (min >= 0 || max <= 0) return both;
  const part = shares.filter((share) => share < 1 && share !== 0.95 && share !== 0.85);
  return [
    ...both,
    ...part.map((share) => ({ min, max: max * share })),
    ...part.map((share) => ({ min: min * share, max })),
  ];
}
