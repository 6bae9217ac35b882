import type { Model } from '../../ir/index.ts';
import { constantsToInitializers } from '../../passes/index.ts';
import { applyMasks, type Masks } from '../../train/index.ts';
import { checkPruning, describePattern, maskWeights } from './mask-weights.ts';
import type { PruneWeightsOptions } from './options.ts';
import { WeightPruningReport } from './weight-report.ts';

/**
 * Sets the least important weights of convolutions, Gemm and MatMul to 0, without training: `fit` with the masks trains what
 * is left. The model keeps its shapes and hence its speed on runtimes that do not know sparse weights. Throws UsageError for
 * an option out of range or a model of which nothing can be pruned, what `fit` throws where gradients are asked for, and the
 * signal's reason when aborted.
 */
export async function pruneWeights(
  model: Model,
  options: PruneWeightsOptions = {},
): Promise<{ model: Model; masks: Masks; report: WeightPruningReport }> {
  const sparsity = checkPruning(options);
  options.signal?.throwIfAborted();
  const start = constantsToInitializers(model);
  const found = await maskWeights(start, { ...options, sparsity });
  const { importance = 'l1', pattern = 'unstructured', scope = 'global' } = options;
  const what = [describePattern(pattern), importance, ...(pattern === 'unstructured' ? [scope] : [])].join(
    ', ',
  );
  return {
    model: applyMasks(start, found.masks),
    masks: found.masks,
    report: new WeightPruningReport(found, { what }),
  };
}
