import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { modelCost } from '../ops/index.ts';
import { ChannelReport, type PrunedGroup } from './channel-report.ts';
import { type ChannelOptions, pruneChannels } from './channels.ts';
import { footprintOf } from './footprint.ts';
import type { Group } from './groups/index.ts';
import { lossOf, type PruneOptions } from './prune-options.ts';
import { type PruningScheduleName, pruningSchedules } from './schedule/index.ts';
import type { Goal } from './select/index.ts';
import type { Tuner } from './tuner.ts';

/** A model without channels, trained on. */
export interface Structured {
  readonly model: Model;
  readonly report: ChannelReport;
}

/** Removes channels in the rounds of the schedule, with training between and afterwards. */
export async function pruneStructured(
  dense: Model,
  data: Dataset,
  { tuner, ...options }: PruneOptions & { readonly tuner: Tuner },
): Promise<Structured> {
  const { epochs = 1, schedule = 'oneshot', keepInterrupted = false } = options;
  const rounds = schedule === 'oneshot' ? 1 : (options.rounds ?? Math.min(4, epochs));
  const between = Math.floor(epochs / rounds);
  const fewest = new Map<string, number>();
  const reports: ChannelReport[] = [];
  let model = dense;
  for (let round = 1; round <= rounds; round++) {
    const goal = goalOf(options, {
      dense,
      model,
      kept: keptShare(reports),
      reach: reachOf(schedule, round / rounds),
    });
    if (goal) {
      const pruned = await pruneChannels(model, { ...channelOptions(options, fewest), ...goal, data });
      reports.push(pruned.report);
      model = pruned.model;
    }
    const isLast = round === rounds;
    const left = isLast ? epochs - between * (rounds - 1) : between;
    model = (await tuner.train(model, left, { keepInterrupted: isLast && keepInterrupted })).model;
  }
  return { model, report: joined(reports, { dense, model }) };
}

const reachOf = (schedule: PruningScheduleName, progress: number): number =>
  pruningSchedules[schedule].sparsity(progress, { initial: 0, final: 1 });

/** The share of the channels at first that the rounds so far have left. */
const keptShare = (reports: readonly ChannelReport[]): number =>
  reports.reduce((share, { sparsity }) => share * (1 - sparsity), 1);

interface Round {
  readonly dense: Model;
  readonly model: Model;
  /** Share of the channels that is there yet. */
  readonly kept: number;
  /** Share of the goal that is to be reached, 0..1. */
  readonly reach: number;
}

/** The goal of one round, in terms of the model that it starts with; undefined if the rounds before went as far. */
function goalOf(options: PruneOptions, { dense, model, kept, reach }: Round): Goal | undefined {
  const { sparsity, macs, latency } = options;
  if (kept === 1 && reach === 1)
    return sparsity === undefined && macs === undefined && latency === undefined
      ? { sparsity: 0.5 }
      : {
          ...(sparsity !== undefined && { sparsity }),
          ...(macs !== undefined && { macs }),
          ...(latency && { latency }),
        };
  if (macs !== undefined) {
    const share = ((1 - reach * (1 - macs)) * modelCost(dense).macs) / modelCost(model).macs;
    return share < 1 ? { macs: share } : undefined;
  }
  const share = 1 - (1 - reach * (sparsity ?? 0.5)) / kept;
  return share > 0 ? { sparsity: share } : undefined;
}

/** Of later rounds too, a group's fewest channels are those of the first. */
function channelOptions(options: PruneOptions, fewest: Map<string, number>): ChannelOptions {
  const { importance, scope, roundTo, minChannels, keep, samples, signal, onProgress } = options;
  const least = (group: Group): number => {
    const wanted =
      typeof minChannels === 'function'
        ? minChannels(group)
        : (minChannels ?? Math.ceil(group.channels / 10));
    if (!fewest.has(group.name)) fewest.set(group.name, wanted);
    return fewest.get(group.name)!;
  };
  const isChecked = typeof minChannels === 'number';
  return {
    ...(importance !== undefined && { importance }),
    ...(scope && { scope }),
    ...(roundTo !== undefined && { roundTo }),
    ...(keep && { keep }),
    ...(samples !== undefined && { samples }),
    loss: lossOf(options.training),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    minChannels: isChecked ? minChannels : least,
  };
}

/** One report of all rounds. */
function joined(
  reports: readonly ChannelReport[],
  { dense, model }: { dense: Model; model: Model },
): ChannelReport {
  const [first, last] = [reports[0]!, reports.at(-1)!];
  const after = new Map(last.groups.map((group) => [group.name, group.after]));
  const groups = first.groups.map(
    (group): PrunedGroup => ({ ...group, after: after.get(group.name) ?? group.after }),
  );
  return new ChannelReport({
    ...{ ...first.facts, groups, before: footprintOf(dense), after: footprintOf(model) },
    // In a single round too few channels may go for what is rounded to.
    warnings: groups.some(({ before, after }) => after < before) ? [] : last.warnings,
  });
}
