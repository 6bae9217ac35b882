import type { Target } from '../targets/index.ts';
import type { Scheme } from './encode.ts';

/** The integers that a target's kernels take. */
export const schemeOf = ({ activations, weights }: Target): Scheme => ({
  activations,
  weights: { integers: { min: weights.min, max: weights.max }, perChannel: weights.perChannel },
});
