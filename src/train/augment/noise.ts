import type { Augmentation } from './augmentation.ts';

/** Adds normal noise of standard deviation `amount`, in units of the normalized input. */
export const noise: Augmentation = {
  name: 'noise',
  must: 'a standard deviation above 0',
  fits: (amount) => Number.isFinite(amount) && amount > 0,
  apply(out, from, { amount, random }) {
    for (let i = 0; i < out.length; i++) out[i] = from[i]! + amount * random.normal();
  },
};
