import { UsageError } from '../errors.ts';
import type { FitOptions } from '../train/index.ts';
import type { FeaturePair } from './feature-pairs.ts';
import type { ScoresCache } from './scores-cache.ts';

/** What a student can learn from a teacher, with the weight that each has by default. */
export const distillLosses = {
  /** Softened class scores (Hinton et al. 2015). */
  kl: 1,
  /** Class scores as numbers. */
  mse: 1,
  /** Values inside, through projectors (FitNets). */
  feature: 1,
  /** Where in an image the energy is; the weight is the authors'. */
  attention: 1000,
  /** Distances and angles between samples; the weight is the authors'. */
  relational: 25,
} as const;

export type DistillLoss = keyof typeof distillLosses;

/** As for `fit`, whose loss is then that of the labels: `ce` by default. */
export interface DistillOptions extends Omit<FitOptions, 'teacher' | 'distillation' | 'target' | 'loss'> {
  /** Of the labels or targets: `ce` (default), `bce`, `mse` (default for data with targets and no labels), `huber`. */
  readonly hardLoss?: 'ce' | 'bce' | 'mse' | 'huber';
  /** Softens the scores that `kl` compares. Default 3. */
  readonly temperature?: number;
  /**
   * Share of the teacher: (1 - alpha) times the loss of the labels + alpha times the sum of the weighted losses. Default
   * 0.5; for data without labels 1. 0 trains without teacher.
   */
  readonly alpha?: number;
  /** One, or several with their weights: `{ kl: 1, attention: 1000 }`. Default `kl`, for data with targets `mse`. */
  readonly losses?: DistillLoss | Readonly<Partial<Record<DistillLoss, number>>>;
  /** Values that `feature`, `attention` and `relational` compare. Default: chosen by shape and depth. */
  readonly features?: readonly FeaturePair[];
  /** Computes the teacher's scores once for each sample, and not in each epoch: what they are kept in. Default: not. */
  readonly cache?: ScoresCache;
}

/** Throws UsageError for a temperature, share or weight out of range, and a loss that is none. */
export function checkDistillOptions({ temperature = 3, alpha = 0.5, losses }: DistillOptions): void {
  if (!(Number.isFinite(temperature) && temperature > 0))
    throw new UsageError(`'temperature' must be a number above 0, was ${temperature}`);
  if (!(alpha >= 0 && alpha <= 1))
    throw new UsageError(`'alpha' must be a share of the teacher from 0 to 1, was ${alpha}`);
  for (const [name, weight] of Object.entries(weightsOf(losses ?? 'kl'))) {
    if (!Object.hasOwn(distillLosses, name))
      throw UsageError.unknown('distillation loss', name, Object.keys(distillLosses));
    if (!(Number.isFinite(weight) && weight > 0))
      throw new UsageError(`The weight of '${name}' must be a number above 0, was ${weight}`);
  }
}

/** The losses with their weights. */
export const weightsOf = (losses: NonNullable<DistillOptions['losses']>): Record<string, number> =>
  typeof losses === 'string' ? { [losses]: distillLosses[losses] ?? 1 } : { ...losses };
