import type { Random } from '../../random.ts';

/** Changes one sample at random, as a user would not mind. */
export interface Augmentation {
  readonly name: string;
  /** What the amount must be, for error texts. */
  readonly must: string;
  fits(amount: number): boolean;
  /** Writes the changed sample into `out`, which is as large as `from`. */
  apply(out: Float32Array, from: Float32Array, setting: AugmentSetting): void;
}

export interface AugmentSetting {
  readonly amount: number;
  /** [C, H, W]. */
  readonly shape: readonly [number, number, number];
  readonly random: Random;
  /** What stands outside of the image, one a channel: a stored 0 after normalization. */
  readonly fill: readonly number[];
}
