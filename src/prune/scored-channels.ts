import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { dependencyGroups, type Group } from './groups/index.ts';
import { type Importance, type ImportanceOptions, importanceOf, type Scores } from './importance/index.ts';
import { eligibleGroups, type LeftGroup, scoredGroups } from './select/index.ts';

/** The channels of a model with what they are worth. */
export interface ScoredChannels {
  /** Every group. */
  readonly all: readonly Group[];
  /** Those of which channels may go. */
  readonly groups: readonly Group[];
  /** The others, with the reason. */
  readonly left: readonly LeftGroup[];
  readonly scores: Scores;
  readonly importance: Importance;
}

/**
 * Scores the channels that may go. Throws ModelError if there are none, UsageError for an importance or a pattern of
 * `keep` that there is not.
 */
export async function scoredChannels(
  model: Model,
  {
    importance: wanted = 'l2',
    keep,
    ...options
  }: ImportanceOptions & {
    readonly importance?: string | Importance | undefined;
    readonly keep?: readonly string[] | undefined;
  },
): Promise<ScoredChannels> {
  const importance = typeof wanted === 'string' ? importanceOf(wanted) : wanted;
  const all = dependencyGroups(model).groups;
  const eligible = eligibleGroups(all, keep);
  checkAny(eligible.groups, eligible.left);
  const scores = await importance.score(model, eligible.groups, options);
  const scored = scoredGroups(eligible.groups, scores, importance.name);
  const left = [...eligible.left, ...scored.left];
  checkAny(scored.groups, left);
  return { all, groups: scored.groups, left, scores, importance };
}

function checkAny(groups: readonly Group[], left: readonly LeftGroup[]): void {
  if (groups.length > 0) return;
  const reasons = left.slice(0, 3).map(({ name, reason }) => `${name}: ${reason}`);
  throw new ModelError(
    `No channel of the model may be removed${reasons.length > 0 ? ` (${reasons.join('; ')})` : ', it has no weights with channels between its inputs and outputs'}`,
  );
}
