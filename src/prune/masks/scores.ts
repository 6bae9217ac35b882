import { UsageError } from '../../errors.ts';
import type { GraphBuilder, Model, Value } from '../../ir/index.ts';
import type { WorkOptions } from '../../report.ts';
import { type GradientMeasure, gradientScores } from '../../train/index.ts';
import type { WeightImportance, WeightPruning } from './options.ts';
import type { PrunableWeight } from './prunable.ts';

/** What each weight is worth, by name, in the order of the elements. A weight that is 0 already is worth less than any other. */
export type WeightScores = ReadonlyMap<string, Float32Array>;

const magnitudes = { l1: Math.abs, l2: (weight: number) => weight * weight } as const;

const product = (g: GraphBuilder, { weights, gradient }: { weights: Value; gradient: Value }): Value =>
  g.op('Mul', [weights, gradient]);

const measures: Readonly<Record<Exclude<WeightImportance, keyof typeof magnitudes>, GradientMeasure>> = {
  taylor: (g, at) => g.op('Abs', [product(g, at)]),
  fisher(g, at) {
    const moved = product(g, at);
    return g.op('Mul', [g.op('Mul', [moved, moved]), g.scalar(0.5)]);
  },
};

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
  const measured = await gradientScores(model, data!, {
    ...gradients,
    ...work,
    measure: measures[importance],
  });
  return new Map(
    weights.map((weight) => {
      const scores = measured.get(weight.name);
      if (scores) return [weight.name, withoutZeros(scores, weight)];
      throw new UsageError(
        `'${weight.name}' is not trained, so that '${importance}' knows no gradient of it: list it under 'keep', or take 'l1'`,
      );
    }),
  );
}

/** What was pruned before stays so, even beside weights of no gradient. */
function withoutZeros(scores: Float32Array, { data }: PrunableWeight): Float32Array {
  return scores.map((score, i) => (data[i] === 0 ? -1 : score));
}
