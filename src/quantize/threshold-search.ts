import type { Range } from './observer.ts';

/** A worse range has a larger one. */
export type Score = (range: Range) => number;

/** Each candidate is this part of the one before: 108 of them go down to 1/256 of the full range. */
const step = 0.95;
const candidates = 109;
/** Candidates between the neighbours of the best one. */
const finer = 16;
/** Rounds over both ends; in practice the second already changes nothing. */
const rounds = 3;

/**
 * The range inside `full`, which contains 0, with the lowest score: first the same threshold on both sides, which a
 * side that does not reach it ignores, then, unless `symmetric`, each end for itself while that helps.
 */
export function searchRange(full: Range, score: Score, { symmetric = false } = {}): Range {
  const most = Math.max(-full.min, full.max);
  const around = (t: number): Range =>
    symmetric ? { min: -t, max: t } : { min: Math.max(full.min, -t), max: Math.min(full.max, t) };
  let best = around(search(most, (t) => score(around(t))));
  if (symmetric || full.min === 0 || full.max === 0) return best;
  let found = score(best);
  for (let round = 0; round < rounds; round++) {
    const { max } = best;
    const min = -search(-full.min, (t) => score({ min: -t, max }));
    const next = { min, max: search(full.max, (t) => score({ min, max: t })) };
    const now = score(next);
    if (!(now < found)) break;
    best = next;
    found = now;
  }
  return best;
}

/** The threshold up to `most` with the lowest score; of equal ones the largest. */
function search(most: number, score: (threshold: number) => number): number {
  let best = { at: most, score: score(most) };
  const tryOne = (at: number) => {
    const found = score(at);
    if (found < best.score) best = { at, score: found };
  };
  for (let k = 1; k < candidates; k++) tryOne(most * step ** k);
  const [low, high] = [best.at * step, Math.min(most, best.at / step)];
  for (let k = 1; k < finer; k++) tryOne(low + ((high - low) * k) / finer);
  return best.at;
}
