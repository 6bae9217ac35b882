import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { modelCost } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import { smallestFitting } from './bisect.ts';
import type { Goal } from './goal.ts';
import { type Ranking, removedCount } from './ranking.ts';
import type { Removal } from './selection.ts';

export interface Reached {
  readonly removal: Removal;
  /** The model without what is removed. */
  readonly model: Model;
  /** ms of one run, where it was measured: before and after. */
  readonly latency?: { readonly before: number; readonly after: number };
}

/** What a goal is reached with. */
export interface Search extends WorkOptions {
  readonly model: Model;
  readonly ranking: Ranking;
  /** Removes channels from the model. */
  build(removal: Removal): Model;
}

/**
 * Goes down the ranking as far as the goal asks, and no further. Throws UsageError where it cannot be reached, saying what
 * can.
 */
export async function reachGoal({ sparsity, macs, latency }: Goal, search: Search): Promise<Reached> {
  if (sparsity !== undefined) return bySparsity(sparsity, search);
  return macs === undefined ? byLatency(latency!, search) : byMacs(macs, search);
}

async function bySparsity(sparsity: number, { ranking, build }: Search): Promise<Reached> {
  // A hair more, so that 0.3 of 10 channels are 3 in floating point too.
  const most = Math.floor(sparsity * ranking.channels + 1e-9);
  const above = await smallestFitting(ranking.levels, (level) => removedCount(ranking.at(level)) > most);
  const removal = ranking.at(above === undefined ? ranking.levels : above - 1);
  return { removal, model: build(removal) };
}

async function byMacs(share: number, { model, ranking, build }: Search): Promise<Reached> {
  const before = modelCost(model).macs;
  if (before === 0)
    throw new UsageError(
      "'macs' needs a model that multiplies, this one has no MACs that are known: take 'sparsity'",
    );
  const macsAt = (level: number): number => modelCost(build(ranking.at(level))).macs;
  const level = await smallestFitting(ranking.levels, (at) => macsAt(at) <= share * before);
  if (level === undefined) throw outOfReach(`${share} of the MACs`, macsAt(ranking.levels) / before);
  const removal = ranking.at(level);
  return { removal, model: build(removal) };
}

const outOfReach = (goal: string, least: number): UsageError =>
  new UsageError(
    `${goal} cannot be reached: without all that may go ${least.toFixed(3)} of the MACs stay. Ask for less, keep fewer groups, round to less, or lower the fewest channels of a group`,
  );

async function byLatency(
  { limit, measure }: NonNullable<Goal['latency']>,
  { model, ranking, build, signal, onProgress }: Search,
): Promise<Reached> {
  const known = new Map<number, number>();
  const total = Math.ceil(Math.log2(ranking.levels + 1)) + 2;
  const timeAt = async (level: number): Promise<number> => {
    signal?.throwIfAborted();
    const time = known.get(level) ?? (await measure(level === 0 ? model : build(ranking.at(level))));
    known.set(level, time);
    onProgress?.({ done: Math.min(known.size, total), total, message: `${time.toFixed(3)} ms` });
    return time;
  };
  const before = await timeAt(0);
  const fits = async (level: number) => (await timeAt(level)) <= limit;
  const level = before <= limit ? 0 : await smallestFitting(ranking.levels, fits);
  if (level === undefined)
    throw new UsageError(
      `${limit} ms cannot be reached by pruning: the model takes ${before.toFixed(3)} ms as it is, and ${known.get(ranking.levels)!.toFixed(3)} ms without all that may go. Allow more, keep fewer groups, or quantize as well`,
    );
  const removal = ranking.at(level);
  return { removal, model: build(removal), latency: { before, after: known.get(level)! } };
}
