import type { Augmentation } from './augmentation.ts';

/** Moves the image by up to `amount` pixels each way: a random crop of the padded image (He et al. 2015, arXiv 1512.03385). */
export const shift: Augmentation = {
  name: 'shift',
  must: 'a whole number of pixels of 1 or more',
  fits: (amount) => Number.isInteger(amount) && amount >= 1,
  apply(out, from, { amount, shape: [channels, height, width], random, fill }) {
    const down = random.integer(2 * amount + 1) - amount;
    const right = random.integer(2 * amount + 1) - amount;
    const start = Math.max(0, right);
    const end = Math.min(width, width + right);
    for (let c = 0; c < channels; c++) {
      const plane = c * height * width;
      out.fill(fill[c]!, plane, plane + height * width);
      for (let y = Math.max(0, down); y < Math.min(height, height + down) && start < end; y++) {
        const source = plane + (y - down) * width - right;
        out.set(from.subarray(source + start, source + end), plane + y * width + start);
      }
    }
  },
};
