import { Report } from '../report.ts';
import type { TrainingReport } from '../train/index.ts';
import type { ChannelReport } from './channel-report.ts';
import { type Compared, footprintColumns, footprintRows, type Latencies } from './footprint-table.ts';
import type { WeightPruningReport } from './masks/index.ts';

export interface PruneFacts extends Compared {
  /** What went. */
  readonly pruning: ChannelReport | WeightPruningReport;
  readonly trainings: readonly TrainingReport[];
  /** What else was measured, shown first. */
  readonly parts?: readonly Report[];
  readonly notes?: readonly string[];
}

/** What pruning did to a model: what it takes before and after, what went, how it was trained. */
export class PruneReport extends Report {
  readonly facts: PruneFacts;
  readonly pruning: ChannelReport | WeightPruningReport;
  readonly trainings: readonly TrainingReport[];

  constructor(facts: PruneFacts) {
    const { pruning, trainings, parts = [], notes = [], latency } = facts;
    super({
      title: `${pruning.title}${speedOf(latency)}`,
      columns: footprintColumns,
      rows: footprintRows(facts),
      charts: [...parts, pruning, ...trainings],
      warnings: [...notes, ...slowerNote(latency)],
    });
    this.facts = facts;
    this.pruning = pruning;
    this.trainings = trainings;
  }

  /** The same report with another part, shown first. */
  withPart(part: Report): PruneReport {
    return new PruneReport({ ...this.facts, parts: [part, ...(this.facts.parts ?? [])] });
  }

  /** The same report with something that a reader must know. */
  withNote(note: string): PruneReport {
    return new PruneReport({ ...this.facts, notes: [...(this.facts.notes ?? []), note] });
  }

  /** The same report with the measured time of a run. */
  withLatency(latency: Latencies): PruneReport {
    return new PruneReport({ ...this.facts, latency });
  }
}

const speedOf = (latency: Latencies | undefined): string =>
  latency
    ? `; ${latency.before.toFixed(3)} to ${latency.after.toFixed(3)} ms measured${latency.where ? ` on ${latency.where}` : ''}`
    : '';

function slowerNote(latency: Latencies | undefined): string[] {
  if (!latency || latency.after < 0.98 * latency.before) return [];
  return [
    `The pruned model was measured no faster than the one before (${latency.after.toFixed(3)} and ${latency.before.toFixed(3)} ms). Kernels gain by fewer channels in multiples of 8 or 16, not by zeros`,
  ];
}
