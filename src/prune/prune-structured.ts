import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { modelCost } from '../ops/index.ts';
import { ChannelReport, type PrunedGroup } from './channel-report.ts';
import { type ChannelOptions, pruneChannels } from './channels.ts';
import { footprintOf } from './footprint.ts';
import type { Group } from './groups/index.ts';
import type { PruneOptions } from './prune-options.ts';
import { pruningSchedules } from './schedule/index.ts';
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
    const reach = (part: number) =>
      part === 0 ? 0 : pruningSchedules[schedule].sparsity(part, { initial: 0, final: 1 });
    const goal = goalOf(options, {
      dense,
      model,
      from: reach((round - 1) / rounds),
      to: reach(round / rounds),
    });
    const pruned = await pruneChannels(model, { ...channelOptions(options, fewest), ...goal, data });
    reports.push(pruned.report);
    const isLast = round === rounds;
    const left = isLast ? epochs - between * (rounds - 1) : between;
    model = (await tuner.train(pruned.model, left, { keepInterrupted: isLast && keepInterrupted })).model;
  }
  return { model, report: joined(reports, { dense, model }) };
}

interface Round {
  readonly dense: Model;
  readonly model: Model;
  /** Shares of the goal that the round before reached, and that this one is to reach, 0..1. */
  readonly from: number;
  readonly to: number;
}

/** The goal of one round, in terms of the model that it starts with. */
function goalOf({ sparsity, macs, latency }: PruneOptions, { dense, model, from, to }: Round): Goal {
  const chosen = sparsity === undefined && macs === undefined && latency === undefined ? 0.5 : sparsity;
  return {
    ...(chosen !== undefined && {
      sparsity: to === 1 && from === 0 ? chosen : 1 - (1 - to * chosen) / (1 - from * chosen),
    }),
    ...(macs !== undefined && {
      macs:
        from === 0 && to === 1
          ? macs
          : ((1 - to * (1 - macs)) * modelCost(dense).macs) / modelCost(model).macs,
    }),
    ...(latency && { latency }),
  };
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
    warnings: [...new Set(reports.flatMap(({ warnings }) => warnings))],
  });
}
