import type { Dataset } from '../../data/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { LossOptions } from '../../train/index.ts';

/** `unstructured`: any weights. `{n, m}`: at most n of every m weights one after another along the sum stay, 2:4 on NVIDIA Ampere. */
export type Pattern = 'unstructured' | { readonly n: number; readonly m: number };

/**
 * What a single weight w is worth: `l1` |w|; `l2` w^2, which ranks the same; `taylor` |w dL/dw|, the first order of what the
 * loss loses (Molchanov et al. 2019, arXiv 1906.10771); `fisher` w^2 E[(dL/dw)^2] / 2, the second order by the empirical
 * Fisher information (Theis et al. 2018, arXiv 1801.05787), gradients taken batch by batch.
 */
export type WeightImportance = 'l1' | 'l2' | 'taylor' | 'fisher';

/** `global` ranks all weights of a model together, `uniform` gives every tensor the same share. */
export type Scope = 'global' | 'uniform';

/** What the gradients of a model's weights are taken from. */
export interface GradientOptions extends LossOptions {
  /** Samples of one gradient. Default 16. */
  readonly batchSize?: number;
  /** Samples in all, drawn from the training split by the seed. Default 512, or as many as there are. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** What weights to prune, and which. */
export interface WeightPruning {
  /** Default `unstructured`. */
  readonly pattern?: Pattern;
  /** Default `l1`. */
  readonly importance?: WeightImportance;
  /** Default `global`. N:M patterns leave no choice: they are the same everywhere. */
  readonly scope?: Scope;
  /** Globs of names of nodes or initializers whose weights stay as they are, for example `head*`. */
  readonly keep?: readonly string[];
  /** What `taylor` and `fisher` take their gradients from: the training split. */
  readonly data?: Dataset;
  /** The loss that `taylor` and `fisher` are about, and how many samples they see. Default: as `fit` takes it. */
  readonly gradients?: GradientOptions;
}

export interface PruneWeightsOptions extends WeightPruning, WorkOptions {
  /** Share of the prunable weights that becomes 0, from 0 to below 1. Default 0.5; N:M patterns give it. */
  readonly sparsity?: number;
  /** For N:M: reorders channels first so that the largest weights can stay (Pool and Yu 2021). The model computes the same. Default false. */
  readonly permute?: boolean;
}
