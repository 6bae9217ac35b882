import type { WorkOptions } from '../../report.ts';
import type { Trial } from './trial.ts';

/** One step away from full quantization: a unit that becomes wider, or float. */
export interface Promotion {
  readonly unit: string;
  readonly to: 'int8 weights' | 'float';
}

/** A candidate that was judged. */
export interface Judged extends Trial {
  readonly promotions: readonly Promotion[];
}

export interface SearchOptions extends WorkOptions {
  /** What may be given up for accuracy, most helpful first. All of them together is a model that holds for certain. */
  readonly promotions: readonly Promotion[];
  /** Promotions that cost most at run time, dearest first: tried to be taken back at the end. Default: none. */
  readonly dearest?: readonly Promotion[];
  judge(promotions: readonly Promotion[]): Promise<Trial>;
  /** Of a search that was cut short: nothing in it is judged again. */
  readonly resume?: readonly Judged[];
  /** Told each candidate as it is judged: what `resume` takes. */
  readonly onJudged?: (judged: Judged) => void;
}

export interface SearchResult {
  /** The promotions of the best model that holds. */
  readonly chosen: readonly Promotion[];
  readonly judged: readonly Judged[];
  /** Cut short: `chosen` holds, fewer promotions might hold too. */
  readonly interrupted: boolean;
}

/** The most candidates that a search judges: 1 + 2 ceil(log2 of the promotions), at most 2 + 2 log2. */
export const evaluationsAtMost = (promotions: number): number => Math.floor(2 + 2 * Math.log2(promotions));

/**
 * Finds few promotions that keep the drop within its limit: none if that holds, else the shortest prefix by bisection,
 * then, with what is left of the budget of evaluations, takes back dear ones that turn out not to be needed.
 * A candidate holds only if its verdict is `within`. Interrupted, it gives the best model so far; without one it throws
 * the signal's reason.
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const run: Run = {
    options,
    judged: [],
    chosen: undefined,
    budget: evaluationsAtMost(options.promotions.length),
  };
  try {
    await bisect(run);
    await takeBack(run);
    return { chosen: run.chosen!, judged: run.judged, interrupted: false };
  } catch (error) {
    if (!options.signal?.aborted || !run.chosen) throw error;
    return { chosen: run.chosen, judged: run.judged, interrupted: true };
  }
}

interface Run {
  readonly options: SearchOptions;
  readonly judged: Judged[];
  /** The best that holds so far. */
  chosen: readonly Promotion[] | undefined;
  readonly budget: number;
}

async function bisect(run: Run): Promise<void> {
  const { promotions } = run.options;
  if (await holds(run, [])) return;
  let [fails, works] = [0, promotions.length];
  while (works - fails > 1) {
    const middle = (fails + works) >> 1;
    if (await holds(run, promotions.slice(0, middle))) works = middle;
    else fails = middle;
  }
  // All of them need no trial: that is the float model.
  if (!run.chosen) run.chosen = promotions;
}

async function takeBack(run: Run): Promise<void> {
  for (const dear of run.options.dearest ?? []) {
    if (run.judged.length >= run.budget) return;
    const rest = run.chosen!.filter((promotion) => !same(promotion, dear));
    const isNew = !run.judged.some(({ promotions }) => sameSet(promotions, rest));
    if (rest.length < run.chosen!.length && isNew) await holds(run, rest);
  }
}

/** Judges a candidate; the best that holds is kept. */
async function holds(run: Run, promotions: readonly Promotion[]): Promise<boolean> {
  const { options, judged } = run;
  options.signal?.throwIfAborted();
  const known = options.resume?.find((one) => sameSet(one.promotions, promotions));
  const one: Judged = known ?? { ...(await options.judge(promotions)), promotions };
  judged.push(one);
  if (!known) options.onJudged?.(one);
  if (one.verdict === 'within' && promotions.length < (run.chosen?.length ?? Infinity))
    run.chosen = promotions;
  const { drop, verdict } = one;
  const message = `${promotions.length} left: drop ${(100 * drop).toFixed(2)} %, ${verdict}`;
  options.onProgress?.({ done: judged.length, total: run.budget, message });
  return one.verdict === 'within';
}

const same = (a: Promotion, b: Promotion): boolean => a.unit === b.unit && a.to === b.to;

const sameSet = (a: readonly Promotion[], b: readonly Promotion[]): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => same(one, other)));
