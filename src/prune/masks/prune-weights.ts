import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { constantsToInitializers } from '../../passes/index.ts';
import { applyMasks, type Masks } from '../../train/index.ts';
import { type PermutationReport, permuteChannels } from '../permute/index.ts';
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
  const { model: start, permutation } = await permutedFirst(model, options);
  const found = await maskWeights(start, { ...options, sparsity });
  const { importance = 'l1', pattern = 'unstructured', scope = 'global' } = options;
  const what = [describePattern(pattern), importance, ...(pattern === 'unstructured' ? [scope] : [])].join(
    ', ',
  );
  return {
    model: applyMasks(start, found.masks),
    masks: found.masks,
    report: new WeightPruningReport(found, { what, permutation }),
  };
}

/**
 * The model with its constants as initializers and, if `permute` asks for it, its channels reordered for the pattern.
 * Throws UsageError where the pattern has no blocks.
 */
export async function permutedFirst(
  model: Model,
  { permute = false, pattern = 'unstructured', keep, signal, onProgress }: PruneWeightsOptions,
): Promise<{ model: Model; permutation?: PermutationReport }> {
  if (!permute) return { model: constantsToInitializers(model) };
  if (pattern === 'unstructured')
    throw new UsageError("'permute' is for patterns n:m, such as {n: 2, m: 4}: single weights have no order");
  const work = { ...(keep && { keep }), ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const permuted = await permuteChannels(model, { pattern, ...work });
  return { model: permuted.model, permutation: permuted.report };
}
