import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Masks } from '../../train/index.ts';
import { type BlockPattern, blockMask } from './n-of-m.ts';
import type { Pattern, WeightPruning } from './options.ts';
import { type LeftWeight, type PrunableWeight, prunableWeights } from './prunable.ts';
import { checkImportance, weightScores } from './scores.ts';
import { unstructuredMasks } from './unstructured.ts';

/** Masks of a model, of which weights they are, and what was left. */
export interface WeightMasks {
  readonly masks: Masks;
  readonly weights: readonly PrunableWeight[];
  readonly left: readonly LeftWeight[];
}

/** The share of weights that are 0 in the end: that of the pattern if it gives one. Throws UsageError for what is out of range. */
export function checkPruning({
  sparsity,
  ...pruning
}: WeightPruning & { readonly sparsity?: number }): number {
  const { pattern = 'unstructured', scope = 'global' } = pruning;
  checkImportance(pruning);
  if (scope !== 'global' && scope !== 'uniform')
    throw UsageError.unknown('scope of pruning', String(scope), ['global', 'uniform']);
  if (pattern === 'unstructured') {
    if (sparsity === undefined || (sparsity >= 0 && sparsity < 1)) return sparsity ?? 0.5;
    throw new UsageError(`'sparsity' must be a number from 0 to below 1, was ${sparsity}`);
  }
  checkPattern(pattern);
  const given = 1 - pattern.n / pattern.m;
  if (sparsity === undefined || Math.abs(sparsity - given) < 1e-9) return given;
  throw new UsageError(
    `The pattern ${describePattern(pattern)} makes ${100 * given} % of the weights 0, 'sparsity' asks for ${100 * sparsity} %: leave it out`,
  );
}

function checkPattern({ n, m }: BlockPattern): void {
  if (Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n < m) return;
  throw new UsageError(`A pattern n:m must be of whole numbers with 1 <= n < m, such as 2:4, was ${n}:${m}`);
}

/** `2:4`, or `unstructured`. */
export const describePattern = (pattern: Pattern): string =>
  typeof pattern === 'string' ? pattern : `${pattern.n}:${pattern.m}`;

/**
 * Masks for the weights as they are. With a pattern and a `sparsity` below its own, fewer of every m weights go, which
 * leads up to the pattern.
 */
export async function maskWeights(
  model: Model,
  { sparsity, ...options }: WeightPruning & WorkOptions & { readonly sparsity: number },
): Promise<WeightMasks> {
  const { pattern = 'unstructured', scope = 'global' } = options;
  const found = prunableWeights(model.graph, options);
  const fitting = pattern === 'unstructured' ? found : fittingWeights(found, pattern);
  if (fitting.weights.length === 0) throw nothingToPrune(fitting.left);
  const scores = await weightScores(model, fitting.weights, options);
  if (pattern === 'unstructured')
    return { ...fitting, masks: unstructuredMasks(scores, { sparsity, scope }) };
  const { m } = pattern;
  const step = { m, n: Math.max(pattern.n, m - Math.round(sparsity * m)) };
  const masks = fitting.weights.map(({ name, shape, axis }) => {
    return [name, blockMask(scores.get(name)!, { shape, axis: axis!, pattern: step })] as const;
  });
  return { ...fitting, masks: new Map(masks) };
}

/** Those that have blocks of m weights along the sum, and why the others have not. */
export function fittingWeights(
  { weights, left }: Omit<WeightMasks, 'masks'>,
  { m }: BlockPattern,
): Omit<WeightMasks, 'masks'> {
  const obstacle = ({ axis, shape }: PrunableWeight): string | undefined => {
    if (axis === undefined) return 'it has no single axis to sum up along';
    return shape[axis]! < m ? `it sums up ${shape[axis]} products at a place, fewer than ${m}` : undefined;
  };
  const unfit = weights.flatMap((weight) => {
    const reason = obstacle(weight);
    return reason ? [{ name: weight.name, reason }] : [];
  });
  return { weights: weights.filter((weight) => !obstacle(weight)), left: [...left, ...unfit] };
}

/** Says why nothing of a model can be pruned. */
export function nothingToPrune(left: readonly LeftWeight[]): UsageError {
  if (left.length === 0)
    return new UsageError(
      'The model has no convolution, Gemm or MatMul with constant float32 weights to prune',
    );
  const reasons = left.slice(0, 4).map(({ name, reason }) => `'${name}': ${reason}`);
  return new UsageError(`None of the model's weights can be pruned so. ${reasons.join('; ')}`);
}
