import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Feeds, Profiler } from '../../runtime/index.ts';
import { type Emitted, emit } from '../emit.ts';
import type { Encodings } from '../encodings.ts';
import { type PlanOptions, planQuantization, type QuantizationPlan } from '../plan.ts';
import { macsOf } from './macs.ts';
import type { Metric } from './metrics.ts';
import { samplesNeeded } from './paired-test.ts';
import { evaluationsAtMost, type Judged, type Promotion, search } from './search.ts';
import { SearchReport } from './search-report.ts';
import { type Sensitivity, type SensitivityMethod, sensitivity } from './sensitivity.ts';
import { type Samples, Trials } from './trial.ts';
import { unitTimes } from './unit-times.ts';
import { type Unit, unitsOf } from './units.ts';

/** Encodings to start from, and those to go to before float. */
export interface Choices {
  readonly encodings: Encodings;
  /** The same with 8-bit weights, for encodings with fewer bits. */
  readonly wider?: Encodings;
  /** What the encodings were made for. */
  readonly plan?: PlanOptions;
}

export interface LimitOptions extends WorkOptions {
  /** Mean drop of the metric that is allowed, in (0, 1). */
  readonly maxDrop: number;
  readonly metric: Metric;
  /** What the drop is judged on: no calibration samples, and not those that the result is reported on. */
  readonly samples: Samples;
  /** Calibration batches, for the ranking. */
  readonly feeds: readonly Feeds[];
  /** Default: by the model's output, see `sensitivity`. */
  readonly method?: SensitivityMethod;
  /** Chance that the result does not hold. Default 0.01. */
  readonly error?: number;
  /** Times the nodes where the model is to run. Default: on this machine. */
  readonly profile?: Profiler;
  /** What `profile` measures on, for the report. Default: this machine. */
  readonly where?: string;
  readonly resume?: readonly Judged[];
  readonly onJudged?: (judged: Judged) => void;
}

export interface Limited {
  readonly emitted: Emitted;
  readonly encodings: Encodings;
  /** Nodes that stay float, by name of their first output. */
  readonly exclude: ReadonlySet<string>;
  readonly report: SearchReport;
}

/**
 * Quantizes a prepared model so that the metric's mean drop stays below a limit with high probability: ranks units by
 * the harm of their quantization, per microsecond that it saves, and leaves as few as needed float, or wider first.
 * Interrupted, it gives the best model so far. Throws UsageError for an impossible limit or no samples, ModelError where gradients
 * cannot pass (rank by `sqnr` then).
 */
export async function limitDrop(float: Model, choices: Choices, options: LimitOptions): Promise<Limited> {
  const { maxDrop, metric, samples, signal, error = 0.01, where = 'this machine' } = options;
  checkLimit(maxDrop, samples);
  const { graph } = float.clone();
  annotateTypes(graph);
  const whole = planQuantization(graph, choices.plan);
  const units = unitsOf(graph, whole);
  checkEnough(samples, { limit: maxDrop, error: error / evaluationsAtMost(units.length) });
  const ranked = await ranking(float, choices, { ...options, units });
  const promotions = promotionsOf(ranked, choices);
  const verdicts = evaluationsAtMost(promotions.length);
  const trials = new Trials(float, { samples, metric, limit: maxDrop, error: error / verdicts, signal });
  const build = (chosen: readonly Promotion[]) => candidate(float, choices, { whole, units, chosen });
  try {
    const result = await search({
      ...options,
      promotions,
      dearest: dearestOf(ranked, choices),
      judge: (chosen) => trials.run(build(chosen).emitted.model),
    });
    const report = new SearchReport({ result, ranked, maxDrop, metric, where, macs: macsOf(graph, units) });
    return { ...build(result.chosen), report };
  } finally {
    await trials.release();
  }
}

function checkLimit(maxDrop: number, { count }: Samples): void {
  if (count < 1)
    throw new UsageError(
      'The drop must be judged on at least one full batch of samples, there is none: take more samples, or a smaller batch of the model',
    );
  if (maxDrop > 0 && maxDrop < 1) return;
  throw new UsageError(
    `The largest drop must be between 0 and 1, as 0.005 for half a point, was ${maxDrop}. No drop at all cannot be shown on samples`,
  );
}

/** Fewer samples than this would leave all float whatever the candidates do. */
function checkEnough({ count }: Samples, test: { readonly limit: number; readonly error: number }): void {
  const needed = samplesNeeded(test);
  if (count >= needed) return;
  throw new UsageError(
    `To show a drop of at most ${100 * test.limit} % the search must have ${needed === Number.POSITIVE_INFINITY ? 'more than a million' : `at least ${needed}`} samples, even for a model that loses nothing, has ${count}: take more samples (%quantize searches on half of the test split), or allow a larger drop`,
  );
}

/** A unit with what int8 does to accuracy and saves in time. */
export interface Ranked extends Sensitivity {
  /** Microseconds. */
  readonly gain: number;
}

/** Units whose promotion helps accuracy most for the time that it costs, first. */
async function ranking(
  float: Model,
  { encodings, plan }: Choices,
  { units, ...options }: LimitOptions & { readonly units: readonly Unit[] },
): Promise<Ranked[]> {
  const { feeds, method, signal, onProgress, profile } = options;
  const scores = await sensitivity(float, encodings, {
    feeds,
    ...(plan && { plan }),
    ...(method && { method }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const times = await unitTimes(float, encodings, { units, feeds: feeds[0]!, plan, profile });
  const gainOf = ({ name }: Unit): number => {
    const time = times.get(name);
    return time ? time.float - time.int8 : 0;
  };
  const ranked = scores.map(({ unit, score }) => ({ unit, score, gain: gainOf(unit) }));
  const mean = ranked.reduce((sum, { gain }) => sum + Math.max(gain, 0), 0) / ranked.length || 1;
  // Times of a few microseconds are noise: none counts less than a tenth of the mean.
  const harm = ({ score, gain }: Ranked): number => score / Math.max(gain, mean / 10);
  return ranked.sort((a, b) => harm(b) - harm(a));
}

function promotionsOf(ranked: readonly Ranked[], { wider }: Choices): Promotion[] {
  const all = (to: Promotion['to'], some: readonly Ranked[]): Promotion[] =>
    some.map(({ unit }) => ({ unit: unit.name, to }));
  const weighted = wider ? ranked.filter(({ unit }) => wider.weights.has(unit.name)) : [];
  return [...all('int8 weights', weighted), ...all('float', ranked)];
}

/** What costs most to keep: float units by the time that they lose, then wider weights by their size. */
function dearestOf(ranked: readonly Ranked[], { encodings, wider }: Choices): Promotion[] {
  const sizeOf = ({ unit }: Ranked): number => encodings.weights.get(unit.name)?.weight.tensor.size ?? 0;
  const float = ranked.toSorted((a, b) => b.gain - a.gain);
  const wide = wider ? ranked.toSorted((a, b) => sizeOf(b) - sizeOf(a)) : [];
  return [
    ...float.map(({ unit }): Promotion => ({ unit: unit.name, to: 'float' })),
    ...wide.map(({ unit }): Promotion => ({ unit: unit.name, to: 'int8 weights' })),
  ];
}

interface Choice {
  /** The plan with every unit quantized. */
  readonly whole: QuantizationPlan;
  readonly units: readonly Unit[];
  readonly chosen: readonly Promotion[];
}

function candidate(float: Model, { encodings, wider, plan }: Choices, { whole, units, chosen }: Choice) {
  const names = (to: Promotion['to']) => new Set(chosen.flatMap((one) => (one.to === to ? [one.unit] : [])));
  const wide = names('int8 weights');
  const kept = names('float');
  const members = units.flatMap((unit) => (kept.has(unit.name) ? unit.members : []));
  const exclude = new Set([...(plan?.exclude ?? []), ...members]);
  const weights = new Map(
    [...encodings.weights].map(([name, one]) => [name, wide.has(name) ? wider!.weights.get(name)! : one]),
  );
  const own: Encodings = { activations: byValue(whole, encodings), weights };
  return { exclude, encodings: own, emitted: emit(float, own, { plan: { ...plan, exclude } }) };
}

/** The encoding of each value by its own name: with fewer nodes in int8 another value may stand for a shared scale. */
const byValue = ({ activations }: QuantizationPlan, encodings: Encodings): Encodings['activations'] =>
  new Map([...activations].map(([value, root]) => [value.name, encodings.activations.get(root.name)!]));
