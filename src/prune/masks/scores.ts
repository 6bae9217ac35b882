import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import type { WorkOptions } from '../../report.ts';
import { forEachGradient } from '../importance/gradients.ts';
import type { WeightImportance, WeightPruning } from './options.ts';
import type { PrunableWeight } from './prunable.ts';

/** What each weight is worth, by name, in the order of the elements. A weight that is 0 already is worth less than any other. */
export type WeightScores = ReadonlyMap<string, Float32Array>;

const magnitudes = { l1: Math.abs, l2: (weight: number) => weight * weight } as const;

/** What one batch tells of a weight, from the product of it and its gradient. */
const measures = {
  taylor: Math.abs,
  fisher: (change: number) => change * change * 0.5,
} as const;

/** Names of all importances. */
export const weightImportances = [...Object.keys(magnitudes), ...Object.keys(measures)] as WeightImportance[];

/** Throws UsageError for an importance that is none, or that needs data where there are none. */
export function checkImportance({ importance = 'l1', data }: WeightPruning): void {
  if (!weightImportances.includes(importance))
    throw UsageError.unknown('importance of weights', importance, weightImportances);
  if (Object.hasOwn(measures, importance) && !data)
    throw new UsageError(
      `The importance '${importance}' takes gradients from data: give 'data', or take 'l1'`,
    );
}

/** Scores the weights of a model. Throws UsageError for a weight that is no finite number. */
export async function weightScores(
  model: Model,
  weights: readonly PrunableWeight[],
  { importance = 'l1', data, gradients, ...work }: WeightPruning & WorkOptions,
): Promise<WeightScores> {
  for (const { name, data } of weights)
    if (!data.every(Number.isFinite))
      throw new UsageError(`The weights '${name}' must be finite numbers to be pruned, hold NaN or infinity`);
  if (importance === 'l1' || importance === 'l2') {
    const scored = weights.map(({ name, data }) => [name, data.map(magnitudes[importance])] as const);
    return new Map(scored.map(([name, scores], i) => [name, withoutZeros(scores, weights[i]!)]));
  }
  const measured = await meanChanges(model, weights, { importance, data, gradients, ...work });
  return new Map(
    weights.map((weight) => {
      const scores = measured.get(weight.name);
      if (scores) return [weight.name, withoutZeros(scores, weight)];
      throw new UsageError(
        `'${weight.name}' is not trained, or the loss does not depend on it, so that '${importance}' knows no gradient of it: list it under 'keep', or take 'l1'`,
      );
    }),
  );
}

/** The mean, over batches, of what they tell of each weight. */
async function meanChanges(
  model: Model,
  weights: readonly PrunableWeight[],
  { importance, data, gradients = {}, ...work }: Measuring,
): Promise<WeightScores> {
  const { batchSize = 16, samples = 512, seed = 0, ...loss } = gradients;
  if (!(Number.isInteger(samples) && samples >= batchSize))
    throw new UsageError(
      `'samples' must be a whole number of at least one batch of ${batchSize}, was ${samples}`,
    );
  const measure = measures[importance];
  const sums = new Map<string, Float64Array>();
  const run = { ...work, data, batchSize, samples, seed, loss };
  const batches = await forEachGradient(model, run, (found) => {
    for (const { name, data } of weights) {
      const gradient = found.get(name);
      if (!gradient) continue;
      const sum = sums.get(name) ?? new Float64Array(data.length);
      for (let i = 0; i < sum.length; i++) sum[i]! += measure(data[i]! * gradient[i]!);
      sums.set(name, sum);
    }
  });
  return new Map([...sums].map(([name, sum]) => [name, Float32Array.from(sum, (total) => total / batches)]));
}

interface Measuring extends WorkOptions, Pick<WeightPruning, 'data' | 'gradients'> {
  readonly importance: keyof typeof measures;
}

/** What was pruned before stays so, even beside weights of no gradient. */
function withoutZeros(scores: Float32Array, { data }: PrunableWeight): Float32Array {
  return scores.map((score, i) => (data[i] === 0 ? -1 : score));
}
