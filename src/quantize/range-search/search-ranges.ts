import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Feeds } from '../../runtime/index.ts';
import { encodeActivation, type Scheme } from '../encode.ts';
import type { Range } from '../observer.ts';
import type { QuantizationPlan } from '../plan.ts';
import { addTo, directed, staticModel } from '../search/directed.ts';
import { sharedRange } from '../shared-range.ts';
import { slicesFor } from '../slices.ts';
import { candidateRanges } from './candidates.ts';
import { type Candidates, rangeGraph } from './range-graph.ts';

export interface RangeSearchOptions extends WorkOptions {
  readonly scheme: Scheme;
  /** Calibration batches; 64 samples are enough. */
  readonly feeds: readonly Feeds[];
  /** Ranges by name of what the plan observes: all that was seen. */
  readonly ranges: ReadonlyMap<string, Range>;
}

/** Samples that a run holds with all gradients, and how many are looked at. */
const batchSize = 8;
const samples = 512;

/** A narrower range must be better by this share: less is chance. */
const margin = 0.1;

/**
 * Chooses the range of each activation by what its rounding and clipping do to the model's outputs: of the whole range and
 * narrower ones the one with the least energy of the outputs' change, to first order, all in one pass over samples. No
 * labels. Gives ranges by name of what the plan observes. Throws ModelError where gradients cannot pass, UsageError
 * without a full batch. The objective is that of BRECQ (Li et al. 2021, arXiv 2102.05426) with the outputs' Jacobian by
 * random projections (Hutchinson) in place of the Fisher information's diagonal.
 */
export async function searchRanges(
  float: Model,
  plan: QuantizationPlan,
  { scheme, feeds, ranges, ...work }: RangeSearchOptions,
): Promise<Map<string, Range>> {
  const slices = slicesFor(float, feeds, batchSize).slice(0, Math.ceil(samples / batchSize));
  if (slices.length === 0)
    throw new UsageError('Ranges must be searched on at least one full batch of samples, had none');
  const tried = candidatesOf(plan, scheme, ranges);
  const fixed = staticModel(float, slices[0]!);
  const count = tried.reduce((sum, { encodings }) => sum + encodings.length, 0);
  const effects = new Float64Array(count);
  const options = { ...work, slices, directions: 'projection', message: 'search of ranges' } as const;
  await directed(float, rangeGraph(fixed, tried), options, ({ results }) => addTo(effects, results.effect!));
  const chosen = new Map(ranges);
  let start = 0;
  for (const { root, encodings } of tried) {
    const best = bestOf(effects.subarray(start, start + encodings.length));
    // All values of a shared scale get the range that was tried for all of them.
    for (const { name } of plan.observed.get(rootValue(plan, root))!)
      chosen.set(name, encodings[best]!.range);
    start += encodings.length;
  }
  return chosen;
}

/** The least of numbers, the first unless another is clearly less. */
function bestOf(effects: Float64Array): number {
  let best = 0;
  for (let i = 1; i < effects.length; i++)
    if (effects[i]! < effects[best]! * (best === 0 ? 1 - margin : 1)) best = i;
  return best;
}

function candidatesOf(
  plan: QuantizationPlan,
  scheme: Scheme,
  ranges: ReadonlyMap<string, Range>,
): Candidates[] {
  return [...plan.observed].flatMap(([root, members]) => {
    if (plan.fixed.has(root) || members.some((value) => constantOf(value))) return [];
    const encodings = candidateRanges(sharedRange(root, plan, ranges)).map((range) =>
      encodeActivation(range, scheme),
    );
    return [{ root: root.name, values: members.map(({ name }) => name), encodings }];
  });
}

const rootValue = (plan: QuantizationPlan, name: string) =>
  [...plan.observed.keys()].find((root) => root.name === name)!;
