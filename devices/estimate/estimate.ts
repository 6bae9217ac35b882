import type { Model } from '../../src/ir/index.ts';
import type { Precision, Profile } from '../profiles/index.ts';
import { type Choice, choicesOf, missedBy } from './engine.ts';
import { type Fit, fitOf } from './fit.ts';
import { type Roofline, roofline, type Spent } from './roofline.ts';
import { type Work, workOf } from './work.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What data sheets let expect of a model on a device; never a measurement. */
export interface Estimate {
  readonly kind: 'estimate';
  readonly profile: Profile;
  /** Undefined where no engine takes the model. */
  readonly engine?: string;
  /** What it would compute with. */
  readonly precision?: Precision;
  readonly fit?: Fit;
  /** True if layers run on a processor that is not the device's: how long they take is unknown. */
  readonly partial?: true;
  /** Milliseconds of one run; absent if it cannot run or is partial. */
  readonly latency?: Range;
  /** Samples per second, with all engines of the kind. */
  readonly throughput?: Range;
  /** Millijoules of one run; absent where the power is unknown. */
  readonly energy?: Range;
  /** What takes most of the slow end's time, or why it cannot run. */
  readonly limit: string;
  readonly notes: readonly string[];
}

export interface EstimateOptions {
  /** As if the model computed with these numbers. Default: its own. */
  readonly precision?: Precision;
}

/** Estimates for one model on several devices, in their order. Throws ModelError where the model is wrong. */
export function estimateAll(
  model: Model,
  profiles: readonly Profile[],
  options: EstimateOptions = {},
): { readonly work: Work; readonly estimates: readonly Estimate[] } {
  const work = workOf(model);
  return { work, estimates: profiles.map((profile) => estimate(work, profile, options)) };
}

/**
 * What a data sheet lets expect of some work on its device, by the roofline model with a fast and a slow end: on the engine
 * that takes the whole model and whose slow end is the fastest.
 */
export function estimate(
  work: Work,
  profile: Profile,
  { precision = work.precision }: EstimateOptions = {},
): Estimate {
  const missed = missedBy(profile, precision).map(
    ({ name }) => `quantized to int8, it could run on ${name} too`,
  );
  const all = choicesOf(profile, precision).map((choice) => onEngine(work, profile, choice));
  const [best] = all.toSorted((a, b) => slowEnd(a) - slowEnd(b));
  if (best) return { ...best, notes: [...missed, ...best.notes] };
  const limit = `it takes int8 only, the model computes in ${precision}: quantize it`;
  return { kind: 'estimate', profile, limit, notes: [] };
}

/** Equal among those without one. */
const slowEnd = ({ latency }: Estimate): number => latency?.max ?? Number.MAX_VALUE;

function onEngine(work: Work, profile: Profile, choice: Choice): Estimate {
  const { engine, precision } = choice;
  const fit = fitOf(work, { engine, profile, precision });
  const chosen = { kind: 'estimate', profile, engine: engine.name, precision, fit } as const;
  if (fit.fits === false) return { ...chosen, limit: `memory: ${fit.why}`, notes: [] };
  const times = roofline(work, profile, choice);
  const notes = [...(fit.why ? [fit.why] : []), ...times.notes, ...powerNotes(profile)];
  if (!times.whole) return { ...chosen, partial: true, limit: 'the host, whose speed is unknown', notes };
  const latency = { min: 1e3 * times.fast, max: 1e3 * times.slow };
  return {
    ...chosen,
    latency,
    throughput: perSecond(latency, work.batch * (engine.count ?? 1)),
    ...energyOf(profile, latency),
    limit: limitOf(times),
    notes,
  };
}

const perSecond = ({ min, max }: Range, samples: number): Range => ({
  min: (1e3 * samples) / max,
  max: (1e3 * samples) / min,
});

/** Watts times milliseconds are millijoules. */
const energyOf = ({ power }: Profile, { min, max }: Range): Pick<Estimate, 'energy'> =>
  power?.min === undefined ? {} : { energy: { min: power.min * min, max: power.max * max } };

const powerNotes = ({ power }: Profile): string[] =>
  power?.of && power.min !== undefined ? [`energy is that of ${power.of}`] : [];

const causes: Readonly<Record<keyof Spent, string>> = {
  compute: 'compute',
  bandwidth: 'memory bandwidth',
  layers: 'launching layers',
  host: 'layers on the processor',
  link: 'the link to the accelerator',
};

function limitOf({ spent, slow }: Roofline): string {
  const [cause, time] = Object.entries(spent).reduce((a, b) => (b[1] > a[1] ? b : a)) as [
    keyof Spent,
    number,
  ];
  return slow > 0 ? `${causes[cause]} (${Math.round((100 * time) / slow)} %)` : 'nothing: it has no work';
}
