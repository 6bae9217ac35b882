import { UsageError } from '../../errors.ts';
import type { Model, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Feeds } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import { emit } from '../emit.ts';
import { encode, encodeActivation, type Scheme } from '../encode.ts';
import type { Encodings } from '../encodings.ts';
import type { Range } from '../observer.ts';
import type { PlanOptions, QuantizationPlan } from '../plan.ts';
import { addTo, directed, staticModel } from '../search/directed.ts';
import { sharedRange } from '../shared-range.ts';
import { samplesOf, slicesFor } from '../slices.ts';
import { exactNoise } from '../sqnr.ts';
import { candidateRanges } from './candidates.ts';
import { type Candidates, rangeGraph } from './range-graph.ts';

export interface RangeSearchOptions extends WorkOptions {
  readonly scheme: Scheme;
  /** What the plan was made with. */
  readonly planOptions?: PlanOptions;
  /** Gone through again. */
  readonly calibration: Calibration;
  /** Ranges by name of what the plan observes: all that was seen. */
  readonly ranges: ReadonlyMap<string, Range>;
}

/** What a search has found; ranges by name of what the plan observes. */
export interface SearchedRanges {
  readonly chosen: ReadonlyMap<string, Range>;
  /** Undefined where nothing was better than what was seen. */
  readonly tried?: TriedRanges;
}

/** What a search has tried. */
export interface TriedRanges {
  /** Those that the ones that were tried are parts of. */
  readonly seen: ReadonlyMap<string, Range>;
  /** What each does to the outputs. */
  readonly effects: Float64Array;
  /** The scales that they are of, and how many each has. */
  readonly scales: string;
}

/** A search that goes on. */
export interface FurtherSearch {
  readonly from: TriedRanges;
  /** Samples to try on, by other random projections. Default: none, the choice is taken over. */
  readonly more?: Calibration;
}

/** Samples that a run holds with all gradients, and how many are looked at: rare large numbers count. */
const batchSize = 8;
const samples = 512;

/** With more scales than this fewer ranges are tried for each: the graph that tries them has some nodes for every one. */
const manyRoots = 150;

/** A narrower range must be better by this share: less is chance. */
const margin = 0.02;

/** After so many samples the search stops unless it saves this share of the outputs' noise: 10 % are 0.46 dB. */
const probe = 64;
const worth = 0.1;

/**
 * Chooses the range of each activation by what its rounding and clipping do to the model's outputs: of the whole range and
 * narrower ones the one with the least energy of the outputs' change, to first order, all in one pass over samples. Keeps
 * the ranges as they were if the outputs are not closer to the float model's with the chosen ones. No labels. Stops after
 * few samples where it saves little of the noise. Throws ModelError where gradients cannot pass, UsageError without a
 * full batch. The objective is that of BRECQ (Li et al. 2021, arXiv 2102.05426) with the outputs' Jacobian by random
 * projections (Hutchinson) in place of the Fisher information's diagonal.
 */
export async function searchRanges(
  float: Model,
  plan: QuantizationPlan,
  options: RangeSearchOptions,
): Promise<SearchedRanges> {
  const { scheme, ranges } = options;
  const tried = candidatesOf(plan, scheme, ranges);
  const noise = (tried: ReadonlyMap<string, Range>, most = samples) =>
    outputNoise(float, encode(plan, tried, scheme), { ...options, most });
  const effects = await effectsOf(float, tried, { ...options, noise: await noise(ranges, probe) });
  if (!effects) return { chosen: ranges };
  const chosen = chosenBy(effects, tried, { plan, ranges });
  return (await noise(chosen)) < (await noise(ranges))
    ? { chosen, tried: { seen: ranges, effects, scales: scalesOf(tried) } }
    : { chosen: ranges };
}

/**
 * Goes on with a search: the same ranges are tried on more samples. Where none of those is better than all that was seen,
 * it is the range of all samples now that is chosen. Throws UsageError for a search of other scales.
 */
export async function searchFurther(
  float: Model,
  plan: QuantizationPlan,
  { from, more, ...options }: RangeSearchOptions & FurtherSearch,
): Promise<SearchedRanges> {
  const { scheme, ranges } = options;
  const tried = candidatesOf(plan, scheme, from.seen);
  if (scalesOf(tried) !== from.scales)
    throw new UsageError(
      'A search of ranges can only go on for the model and the target that it was begun for, which have other scales',
    );
  const effects = new Float64Array(from.effects);
  const added = more && (await effectsOf(float, tried, { ...options, calibration: more, seed: 1 }));
  added?.forEach((effect, i) => {
    effects[i]! += effect;
  });
  return { chosen: chosenBy(effects, tried, { plan, ranges }), tried: { ...from, effects } };
}

const scalesOf = (tried: readonly RootCandidates[]): string =>
  tried.map(({ root, encodings }) => `${root.name} ${encodings.length}`).join(', ');

/** The ranges with the least effects. */
function chosenBy(
  effects: Float64Array,
  tried: readonly RootCandidates[],
  { plan, ranges }: { readonly plan: QuantizationPlan; readonly ranges: RangeSearchOptions['ranges'] },
): Map<string, Range> {
  const chosen = new Map(ranges);
  let start = 0;
  for (const { root, encodings } of tried) {
    const best = bestOf(effects.subarray(start, start + encodings.length));
    // All values of a shared scale get the range that was tried for all of them.
    if (best > 0) for (const { name } of plan.observed.get(root)!) chosen.set(name, encodings[best]!.range);
    start += encodings.length;
  }
  return chosen;
}

/**
 * What each candidate does to the outputs. Where the outputs' noise is given, undefined as soon as it shows that the search
 * does not pay.
 */
async function effectsOf(
  float: Model,
  tried: readonly RootCandidates[],
  options: Sliced & { readonly noise?: number; readonly seed?: number },
): Promise<Float64Array | undefined> {
  const first = await firstSlice(float, options);
  const graph = rangeGraph(staticModel(float, first), tried);
  const effects = new Float64Array(tried.reduce((sum, { encodings }) => sum + encodings.length, 0));
  const { noise = 0, seed = 0 } = options;
  let [energy, seen, pays] = [0, 0, true];
  async function* whileItPays(): AsyncGenerator<Feeds, void> {
    for await (const slice of slices(float, options)) {
      pays = seen < probe || savedBy(tried, effects) >= worth * noise * energy;
      if (!pays) return;
      seen += samplesOf(slice);
      yield slice;
    }
  }
  const { signal, onProgress } = options;
  const work = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const run = {
    ...work,
    seed,
    slices: whileItPays(),
    directions: 'projection',
    optimization: 'disabled',
  } as const;
  await directed(float, graph, { ...run, message: 'search of ranges' }, ({ results, outputs }) => {
    addTo(effects, results.effect!);
    for (const { data } of outputs) for (const x of data as Float32Array) energy += x * x;
  });
  return pays ? effects : undefined;
}

/** Energy of the outputs' noise that the best candidates save, to first order. */
function savedBy(tried: readonly RootCandidates[], effects: Float64Array): number {
  let [saved, start] = [0, 0];
  for (const { encodings } of tried) {
    const own = effects.subarray(start, start + encodings.length);
    saved += own[0]! - own[bestOf(own)]!;
    start += encodings.length;
  }
  return saved;
}

/** Energy of the outputs' error relative to the outputs', summed over outputs. */
async function outputNoise(float: Model, encodings: Encodings, options: Sliced): Promise<number> {
  const { planOptions } = options;
  const quantized = emit(float, encodings, planOptions && { plan: planOptions }).model;
  const names = float.graph.outputs.flatMap(({ name, dtype }) => (dtype === 'float32' ? [name] : []));
  const pairs = new Map(names.map((name) => [name, name]));
  const decibels = await exactNoise({ float, quantized, feeds: slices(float, options) }, pairs);
  return [...decibels.values()].reduce((sum, sqnr) => sum + 10 ** (-sqnr / 10), 0);
}

type Sliced = RangeSearchOptions & { readonly most?: number };

/** The samples that are looked at, slice by slice. */
async function* slices(float: Model, { calibration, most = samples }: Sliced): AsyncGenerator<Feeds, void> {
  let left = most;
  // Large images come in batches smaller than that: the first one says.
  let size: number | undefined;
  for await (const batch of calibration) {
    size ??= Math.min(batchSize, samplesOf(batch));
    for (const slice of slicesFor(float, [batch], size)) {
      if (left <= 0) return;
      left -= Object.values(slice)[0]!.shape[0]!;
      yield slice;
    }
  }
}

async function firstSlice(float: Model, options: RangeSearchOptions): Promise<Feeds> {
  for await (const slice of slices(float, options)) return slice;
  throw new UsageError('Ranges must be searched on at least one full batch of samples, had none');
}

/** The least of numbers, the first unless another is clearly less. */
function bestOf(effects: Float64Array): number {
  let best = 0;
  for (let i = 1; i < effects.length; i++)
    if (effects[i]! < effects[best]! * (best === 0 ? 1 - margin : 1)) best = i;
  return best;
}

interface RootCandidates extends Candidates {
  readonly root: Value;
}

function candidatesOf(
  plan: QuantizationPlan,
  scheme: Scheme,
  ranges: ReadonlyMap<string, Range>,
): RootCandidates[] {
  const roots = [...plan.observed].filter(
    ([root, members]) => !plan.fixed.has(root) && !members.some((value) => constantOf(value)),
  );
  return roots.flatMap(([root, members]) => {
    const tried = candidateRanges(sharedRange(root, plan, ranges), roots.length <= manyRoots);
    const encodings = tried.map((range) => encodeActivation(range, scheme));
    return [{ root, values: members.map(({ name }) => name), encodings }];
  });
}
