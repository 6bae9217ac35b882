import type { Range } from '../observer.ts';

/** Shares of a range that is searched: all of it first, finer near all. */
const shares = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];

/** Fewer, for graphs in which all of them would be too many nodes. */
const coarse = [1, 0.9, 0.8, 0.65, 0.5];

/**
 * Ranges to try for a value, its whole range first: both ends drawn in alike, and, if `isFine`, of a range with both signs
 * each end alone.
 */
export function candidateRanges({ min, max }: Range, isFine = true): Range[] {
  const both = (isFine ? shares : coarse).map((share) => ({ min: min * share, max: max * share }));
  if (!isFine || min >= 0 || max <= 0) return both;
  const part = shares.filter((share) => share < 1 && share >= 0.4 && share !== 0.95 && share !== 0.85);
  return [
    ...both,
    ...part.map((share) => ({ min, max: max * share })),
    ...part.map((share) => ({ min: min * share, max })),
  ];
}
