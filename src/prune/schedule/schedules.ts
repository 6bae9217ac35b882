import type { PruningScheduleName } from './options.ts';

/** How the share of pruned weights grows. */
export interface PruningSchedule {
  /** All at once, whatever `sparsity` says. */
  readonly isOnce: boolean;
  /** The share after a part, 0..1, of the time of pruning. */
  sparsity(progress: number, range: { readonly initial: number; readonly final: number }): number;
}

export const pruningSchedules: Readonly<Record<PruningScheduleName, PruningSchedule>> = {
  oneshot: { isOnce: true, sparsity: (_, { final }) => final },
  polynomial: {
    isOnce: false,
    sparsity: (progress, { initial, final }) => final - (final - initial) * (1 - progress) ** 3,
  },
  gradual: {
    isOnce: false,
    sparsity: (progress, { initial, final }) => initial + (final - initial) * progress,
  },
};
