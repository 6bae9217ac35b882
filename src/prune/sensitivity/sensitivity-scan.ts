import type { Dataset } from '../../data/index.ts';
import type { Model } from '../../ir/index.ts';
import { constantsToInitializers } from '../../passes/index.ts';
import { applyMasks } from '../../train/index.ts';
import { nothingToPrune } from '../masks/mask-weights.ts';
import type { WeightPruning } from '../masks/options.ts';
import { prunableWeights } from '../masks/prunable.ts';
import { checkImportance, weightScores } from '../masks/scores.ts';
import { unstructuredMasks } from '../masks/unstructured.ts';
import { type ScanOptions, scan } from './scan.ts';
import type { SensitivityReport } from './sensitivity-report.ts';

/**
 * What pruning single weights of each layer alone does to a model, without training: where to prune less, or `keep`.
 * Throws UsageError for an option out of range, and the signal's reason when aborted.
 */
export async function sensitivityScan(
  model: Model,
  data: Dataset,
  options: ScanOptions & Omit<WeightPruning, 'pattern' | 'scope'> = {},
): Promise<SensitivityReport> {
  const { importance, gradients, keep, signal } = options;
  const pruning = { importance, gradients, keep, data: options.data ?? data };
  checkImportance(pruning);
  const start = constantsToInitializers(model);
  const { weights, left } = prunableWeights(start.graph, { keep });
  if (weights.length === 0) throw nothingToPrune(left);
  const scores = await weightScores(start, weights, { ...pruning, ...(signal && { signal }) });
  const prune = (layer: string, sparsity: number): Model => {
    const own = new Map([[layer, scores.get(layer)!]]);
    return applyMasks(start, unstructuredMasks(own, { sparsity, scope: 'uniform' }));
  };
  const layers = weights.map(({ name }) => name);
  return scan({ model: start, layers, what: 'weights', left, prune }, data, options);
}
