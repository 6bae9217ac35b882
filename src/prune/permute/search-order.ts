import type { Random } from '../../random.ts';
import { arrangements } from './arrangements.ts';
import type { Stripes } from './stripes.ts';

export interface SearchLimits {
  /** Blocks of m weights to look at, at most. */
  readonly effort: number;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Random exchanges to leave a local optimum. */
const escapes = 3;

/** Below this share of the whole a gain is rounding. */
const rounding = 1e-9;

/**
 * Reorders channels so that an n:m pattern keeps more magnitude: each pair of stripes of m channels is split in the best
 * way until no pair gains, then two channels at random change places and it starts over (Pool and Yu 2021, Channel
 * Permutations for N:M Sparsity, NeurIPS). Leaves the stripes in the best order found, or as they were if none is better.
 * Returns whether all pairs were seen within the effort. Throws the signal's reason when aborted.
 */
export function searchOrder(stripes: Stripes, limits: SearchLimits): boolean {
  const places = [...stripes.order.keys()];
  const start = [...stripes.order];
  const before = stripes.total(true);
  let isThorough = improve(stripes, limits);
  let best = { order: [...stripes.order], kept: stripes.total(true) };
  for (let tried = 0; tried < escapes && stripes.count > 1 && stripes.spent < limits.effort; tried++) {
    exchange(stripes, limits.random);
    improve(stripes, limits);
    const kept = stripes.total(true);
    if (kept > best.kept) best = { order: [...stripes.order], kept };
    else stripes.put(places, best.order);
  }
  const isBetter = best.kept > before * (1 + rounding);
  stripes.put(places, isBetter ? best.order : start);
  if (stripes.count < 2) isThorough = true;
  return isThorough;
}

/** Splits pairs of stripes in the best way until none gains. Returns false if the effort ended before. */
function improve(stripes: Stripes, { effort, random, signal }: SearchLimits): boolean {
  const pairs = shuffled(pairsOf(stripes.count), random);
  const changed = new Array<number>(stripes.count).fill(0);
  const seen = new Map<(typeof pairs)[number], number>();
  for (let round = 1, isMoving = true; isMoving; round++) {
    isMoving = false;
    for (const pair of pairs) {
      const [a, b] = pair;
      if (Math.max(changed[a]!, changed[b]!) < (seen.get(pair) ?? 0)) continue;
      if (stripes.spent >= effort) return false;
      signal?.throwIfAborted();
      seen.set(pair, round);
      if (!splitBest(stripes, pair)) continue;
      changed[a] = round;
      changed[b] = round;
      isMoving = true;
    }
  }
  return true;
}

function splitBest(stripes: Stripes, [a, b]: readonly [number, number]): boolean {
  const first = stripes.places(a);
  const places = [...first, ...stripes.places(b)];
  const now = places.map((place) => stripes.order[place]!);
  const before = stripes.kept(places);
  let best = { channels: now, kept: before * (1 + rounding) };
  for (const channels of arrangements(now, first.length)) {
    stripes.put(places, channels);
    const kept = stripes.kept(places);
    if (kept > best.kept) best = { channels, kept };
  }
  stripes.put(places, best.channels);
  return best.channels !== now;
}

/** Two channels of different stripes change places. */
function exchange(stripes: Stripes, random: Random): void {
  const from = random.integer(stripes.count);
  const to = (from + 1 + random.integer(stripes.count - 1)) % stripes.count;
  const places = [from, to].map((stripe) => {
    const own = stripes.places(stripe);
    return own[random.integer(own.length)]!;
  });
  const channels = places.map((place) => stripes.order[place]!);
  stripes.put(places, channels.toReversed());
}

const pairsOf = (count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, a) => a).flatMap((a) =>
    Array.from({ length: count - a - 1 }, (_, i) => [a, a + 1 + i] as const),
  );

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random.uniform() }))
    .sort((x, y) => x.key - y.key)
    .map(({ item }) => item);
}
