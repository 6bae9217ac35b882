import type { Augmentation } from './augmentation.ts';

/** Mirrors the image left to right with probability `amount`. */
export const flip: Augmentation = {
  name: 'flip',
  must: 'a probability above 0 and at most 1',
  fits: (amount) => amount > 0 && amount <= 1,
  apply(out, from, { amount, shape: [, , width], random }) {
    out.set(from);
    if (random.uniform() >= amount) return;
    for (let row = 0; row < out.length; row += width) out.subarray(row, row + width).reverse();
  },
};
