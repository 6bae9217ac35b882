import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { WorkOptions } from '../report.ts';
import { ChannelReport, type PrunedGroup } from './channel-report.ts';
import { footprintOf } from './footprint.ts';
import type { Group } from './groups/index.ts';
import { type Importance, type ImportanceOptions, importanceOf } from './importance/index.ts';
import { scoredChannels } from './scored-channels.ts';
import {
  checkGoal,
  type Goal,
  type RankingScope,
  type Removal,
  rankChannels,
  reachGoal,
} from './select/index.ts';
import { settledShapes } from './settled-shapes.ts';
import { removeChannels } from './surgery/index.ts';

export interface ChannelOptions
  extends Goal,
    Pick<ImportanceOptions, 'data' | 'samples' | 'seed' | 'loss'>,
    WorkOptions {
  /** `l1`, `l2` (default), `taylor`, `fisher`, `bn`, or one of your own. */
  readonly importance?: string | Importance;
  /** Default `global`. */
  readonly scope?: RankingScope;
  /** What is left of a group's channels is a multiple of it: kernels work in blocks. Default 1. */
  readonly roundTo?: number;
  /** Fewest channels that a group keeps. Default a tenth of them. */
  readonly minChannels?: number | ((group: Group) => number);
  /** Globs of groups, nodes or weights that stay as they are. */
  readonly keep?: readonly string[];
}

export interface PrunedChannels {
  readonly model: Model;
  readonly report: ChannelReport;
}

/**
 * Removes the least important channels from all weights that make and read them at once; inputs and outputs stay as they
 * are, and what is left computes the same way. One shot, without training. Throws UsageError for a goal that cannot be
 * reached or options that do not fit, ModelError if no channel of the model may go.
 */
export async function pruneChannels(dense: Model, options: ChannelOptions): Promise<PrunedChannels> {
  checkGoal(options);
  const model = await settledShapes(dense);
  const settings = settingsOf(options);
  const found = await scoredChannels(model, { ...options, importance: settings.importance });
  const { all, groups, left, scores, importance } = found;
  const ranking = rankChannels(groups, scores, { ...settings, normalize: !importance.isComparable });
  const build = (removal: Removal) => (removal.size > 0 ? removeChannels(model, removal) : model);
  const reached = await reachGoal(options, { ...workOf(options), model, ranking, build });
  const report = new ChannelReport({
    ...{ groups: prunedGroups(all, reached.removal), left, latency: reached.latency },
    ...{ before: footprintOf(dense, model), after: footprintOf(reached.model) },
    ...{ importance: importance.name, scope: settings.scope },
    warnings: warningsOf(reached.removal, options),
  });
  return { model: reached.model, report };
}

function settingsOf({ importance = 'l2', scope = 'global', roundTo = 1, minChannels }: ChannelOptions) {
  if (!(Number.isInteger(roundTo) && roundTo >= 1))
    throw new UsageError(`'roundTo' must be a whole number of 1 or more, was ${roundTo}`);
  if (scope !== 'global' && scope !== 'uniform')
    throw UsageError.unknown('ranking', scope, ['global', 'uniform']);
  const fewest = minChannels ?? (({ channels }: Group) => Math.ceil(channels / 10));
  if (typeof fewest === 'number' && !(Number.isInteger(fewest) && fewest >= 1))
    throw new UsageError(`'minChannels' must be a whole number of 1 or more, was ${fewest}`);
  return {
    ...{ scope, roundTo },
    importance: typeof importance === 'string' ? importanceOf(importance) : importance,
    minChannels: typeof fewest === 'number' ? () => fewest : fewest,
  };
}

const workOf = ({ signal, onProgress }: WorkOptions): WorkOptions => ({
  ...(signal && { signal }),
  ...(onProgress && { onProgress }),
});

const prunedGroups = (groups: readonly Group[], removal: Removal): PrunedGroup[] =>
  groups.map(({ name, channels, parts }) => ({
    ...{ name, weights: new Set(parts.map(({ initializer }) => initializer)).size },
    ...{ before: channels, after: channels - (removal.get(name)?.length ?? 0) },
  }));

function warningsOf(removal: Removal, { latency, roundTo = 1 }: ChannelOptions): string[] {
  if (removal.size > 0) return [];
  if (latency) return [`Nothing was removed: the model already takes no more than ${latency.limit} ms`];
  return [
    `Nothing was removed: no group can lose so few channels${roundTo > 1 ? ` and keep a multiple of ${roundTo}` : ''}. Ask for more${roundTo > 1 ? ', or round to less' : ''}`,
  ];
}
