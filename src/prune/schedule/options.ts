import type { WeightPruning } from '../masks/options.ts';

/**
 * `oneshot`: all at `begin`. `polynomial`: s(t) = s - (s - s0) (1 - t)^3 from `begin` to `end` (Zhu and Gupta 2017, arXiv
 * 1710.01878). `gradual`: as many weights more each time, with training between.
 */
export type PruningScheduleName = 'oneshot' | 'polynomial' | 'gradual';

/** When the last weights go unless told otherwise, as a share of the steps. */
export const pruningEnd = 0.5;

export interface MaskScheduleOptions extends WeightPruning {
  /** Share of the prunable weights that is 0 in the end, from 0 to below 1. Default 0.5; N:M patterns give it. */
  readonly sparsity?: number;
  /** Default `polynomial`. */
  readonly schedule?: PruningScheduleName;
  /** Share of the steps after which pruning begins. Default 0. */
  readonly begin?: number;
  /** Share of the steps after which no more is pruned. Default 0.5: the rest is for the survivors. */
  readonly end?: number;
  /** Steps from one change of the masks to the next. Default: so that there are 20 changes. */
  readonly every?: number;
  /** Share that is pruned at `begin`. Default 0. */
  readonly initial?: number;
}
