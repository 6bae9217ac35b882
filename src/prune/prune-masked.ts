import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { plateau } from '../train/index.ts';
import {
  describePattern,
  type Pattern,
  pruneWeights,
  type WeightImportance,
  type WeightPruning,
  WeightPruningReport,
} from './masks/index.ts';
import { prunableWeights } from './masks/prunable.ts';
import { permutedFirst } from './masks/prune-weights.ts';
import { lossOf, type PruneOptions } from './prune-options.ts';
import { maskSchedule, pruningEnd } from './schedule/index.ts';
import type { Tuner } from './tuner.ts';

/** A model of which single weights are 0, trained on. */
export interface Masked {
  readonly model: Model;
  readonly report: WeightPruningReport;
}

/** Sets weights to 0 as the schedule says while the rest is trained, or at once without training. */
export async function pruneMasked(
  dense: Model,
  data: Dataset,
  { tuner, ...options }: PruneOptions & { readonly tuner: Tuner },
): Promise<Masked> {
  const { epochs = 1, sparsity, schedule, permute = false, keepInterrupted = false } = options;
  const { signal, onProgress } = options;
  const work = { permute, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const pruning = { ...weightOptions(options, data), ...(sparsity !== undefined && { sparsity }) };
  if (epochs === 0) return pruneWeights(dense, { ...pruning, ...work });
  const { model: start, permutation } = await permutedFirst(dense, { ...pruning, ...work });
  const masks = maskSchedule({ ...pruning, ...(schedule && { schedule }) });
  const trained = await tuner.train(start, epochs, { masks, keepInterrupted, ...rateOf(schedule) });
  const found = prunableWeights(start.graph, options);
  const weights = found.weights.filter(({ name }) => trained.masks?.has(name));
  const left = [
    ...found.left,
    ...found.weights
      .filter((weight) => !weights.includes(weight))
      .map(({ name }) => ({
        name,
        reason: `it has no blocks for the pattern ${describePattern(pruning.pattern)}`,
      })),
  ];
  const report = new WeightPruningReport(
    { masks: trained.masks!, weights, left },
    { what: masks.name, permutation },
  );
  return { model: trained.model, report };
}

/** While weights go, the rest must be able to move: the rate falls only once the masks are those of the end. */
const rateOf = (schedule: PruneOptions['schedule'] = 'polynomial') =>
  schedule === 'oneshot' ? {} : { schedule: plateau({ hold: pruningEnd }) };

function weightOptions(options: PruneOptions, data: Dataset): WeightPruning & { readonly pattern: Pattern } {
  const { what, importance, scope, keep, samples } = options;
  if (what === 'channels' || what === undefined) throw new UsageError('Channels have no masks');
  return {
    ...{ pattern: what, data },
    ...(importance !== undefined && { importance: importance as WeightImportance }),
    ...(scope && { scope }),
    ...(keep && { keep }),
    gradients: { ...lossOf(options.training), ...(samples !== undefined && { samples }) },
  };
}
