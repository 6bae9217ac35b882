import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { reestimateNormalizations } from './batch-norm/index.ts';
import { footprintOf } from './footprint.ts';
import { pruneMasked } from './prune-masked.ts';
import { checkPruneOptions, type PruneOptions } from './prune-options.ts';
import { PruneReport } from './prune-report.ts';
import { pruneStructured } from './prune-structured.ts';
import { settledShapes } from './settled-shapes.ts';
import { Tuner } from './tuner.ts';

/**
 * Prunes a model and trains on what is left: scores channels or weights, takes the least important away in one go or in
 * rounds, trains by labels or by the scores of the model as it was, and takes the statistics of batch normalizations anew.
 * Inputs and outputs stay as they are. Throws UsageError for options that do not go together or a goal that cannot be
 * reached, ModelError if nothing of the model can go, what `fit` throws for data that do not fit, and the signal's reason
 * when aborted.
 */
export async function prune(
  dense: Model,
  data: Dataset,
  options: PruneOptions = {},
): Promise<{ model: Model; report: PruneReport }> {
  checkPruneOptions(options);
  const { what = 'channels', signal } = options;
  signal?.throwIfAborted();
  // Work behind shapes that are computed cannot be counted.
  const model = await settledShapes(dense);
  const tuner = new Tuner(model, data, options);
  const run = what === 'channels' ? pruneStructured : pruneMasked;
  const pruned = await run(model, data, { ...options, tuner });
  const estimated = await withStatistics(pruned.model, data, options);
  const report = new PruneReport({
    ...{ before: footprintOf(dense, model), after: footprintOf(estimated.model) },
    ...{ pruning: pruned.report, trainings: tuner.reports, notes: estimated.notes },
  });
  return { model: estimated.model, report };
}

/** What was interrupted and kept stays as the training left it. */
async function withStatistics(
  model: Model,
  data: Dataset,
  { signal, onProgress }: PruneOptions,
): Promise<{ model: Model; notes: string[] }> {
  if (signal?.aborted)
    return { model, notes: ['Interrupted: normalizations keep the statistics of the training'] };
  const { model: estimated } = await reestimateNormalizations(model, data, {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return { model: estimated, notes: [] };
}
