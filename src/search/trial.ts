import type { Estimate, Evaluation } from '../bench/index.ts';
import type { Measurement } from '../ledger/index.ts';
import type { StepOutcome } from '../recipe/index.ts';
import { type Budget, type Constraint, isLatencyShare, subjectOf } from './budget.ts';
import { type Figures, type Standing, standingsOf } from './figures.ts';
import type { Form, PlannedStep, Way } from './plan.ts';
import { shown } from './shown.ts';

/** A network that may be tried. */
export interface Spec {
  /** Of the multiply-accumulates that may stay. */
  readonly share: number;
  /** Of those that do, which may be fewer. */
  readonly kept: number;
  /** What is left of the channels of a layer is a multiple of it. */
  readonly roundTo: number;
  /** Undefined for the network as it is. */
  readonly way: Way | undefined;
  readonly form: Form;
  /** Why it is tried. */
  readonly why: string;
}

/** A step that was run. */
export interface Link {
  readonly planned: PlannedStep;
  readonly outcome: StepOutcome;
}

/** A network that was made and measured. */
export interface Trial {
  readonly spec: Spec;
  readonly chain: readonly Link[];
  readonly content: Uint8Array;
  readonly figures: Figures;
  readonly measurements: readonly Measurement[];
  /** On the samples that decide. */
  readonly evaluation: Evaluation | undefined;
  /** Accuracy against the original's on the same samples. */
  readonly change: Estimate | undefined;
  /** With a margin for what measuring again would give. */
  readonly standings: readonly Standing[];
}

/** A latency must be below its limit by this share, since it differs from one measurement to the next. */
const latencyMargin = 0.05;
export const cautiousLatency = (latency: number): number => latency * (1 + latencyMargin);
const perDeviation = 1.959964;

/** How measured figures stand to a budget where they are taken a margin worse: 5 % of a latency, one standard error of an accuracy. */
export function cautiousStandings(
  budget: Budget,
  {
    figures,
    change,
    accuracy,
  }: { figures: Figures; change?: Estimate | undefined; accuracy?: Estimate | undefined },
  original: Figures,
): Standing[] {
  const devices = Object.entries(figures.devices).map(
    ([name, { latency, share, ...device }]) =>
      [
        name,
        {
          ...{ ...device, latency: cautiousLatency(latency) },
          ...(share !== undefined && { share: cautiousLatency(share) }),
        },
      ] as const,
  );
  return standingsOf(
    budget,
    {
      ...figures,
      devices: Object.fromEntries(devices),
      drop: change && -change.value + deviation(change),
      accuracy: accuracy && accuracy.value - deviation(accuracy),
    },
    original,
  );
}

const deviation = ({ low, high }: Estimate): number => (high - low) / 2 / perDeviation;

/** `40 % of the MACs, channels in 8s, in one go, int8`. */
export function titleOf({ kept, roundTo, way, form }: Spec): string {
  if (!way) return form.name;
  const channels = roundTo > 1 ? `, channels in ${roundTo}s` : '';
  return `${percentOf(kept)} % of the MACs${channels}, ${way.name}, ${form.name}`;
}

/** At most one digit after the point. */
export const percentOf = (share: number): number => Number((100 * share).toFixed(1));

export const isOfAccuracy = ({ constraint }: Standing): boolean =>
  constraint.quantity.name === 'drop' || constraint.quantity.name === 'accuracy';

/** Limits that are not kept, but those of the accuracy. */
export const missedCosts = (standings: readonly Standing[]): Standing[] =>
  standings.filter((standing) => !standing.isMet && !isOfAccuracy(standing));

export const fitsCosts = (standings: readonly Standing[]): boolean => missedCosts(standings).length === 0;

/** `size 113.2 kB, limit 60.0 kB`, for each limit that is not kept; a share of a latency says which one it is of. */
export const excesses = (standings: readonly Standing[], figures: Figures): string[] =>
  standings
    .filter(({ isMet }) => !isMet)
    .map(({ constraint, limit, value }) => {
      const margin = marginNote(constraint.quantity.name);
      const { drop, accuracy, devices } = figures;
      const measured =
        { drop, accuracy, latency: devices[constraint.device ?? '']?.latency }[constraint.quantity.name] ??
        value;
      return `${subjectOf(constraint)} ${shown(measured, constraint.quantity)}${margin}, limit ${limitText(constraint, limit)}`;
    });

function limitText(constraint: Constraint, limit: number): string {
  const { quantity, limit: share } = constraint;
  if (!isLatencyShare(constraint)) return shown(limit, quantity);
  return `${percentOf(share)} % of ${shown(limit / share, quantity)}`;
}

const marginNote = (name: string): string =>
  name === 'latency' ? ' + 5 %' : name === 'drop' || name === 'accuracy' ? ' ± its error' : '';
