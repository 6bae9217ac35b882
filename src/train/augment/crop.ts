import type { Augmentation } from './augmentation.ts';

/**
 * Cuts out a part at a random place whose sides are at least `amount` of the image's, and stretches it to the whole,
 * bilinearly between pixel centres (after Szegedy et al. 2014, arXiv 1409.4842; the aspect ratio stays).
 */
export const crop: Augmentation = {
  name: 'crop',
  must: 'the least share of a side that stays, above 0 and below 1',
  fits: (amount) => amount > 0 && amount < 1,
  apply(out, from, { amount, shape: [channels, height, width], random }) {
    const share = amount + (1 - amount) * random.uniform();
    const top = (1 - share) * random.uniform() * height;
    const left = (1 - share) * random.uniform() * width;
    const columns = Array.from({ length: width }, (_, x) =>
      neighbours(left + (x + 0.5) * share - 0.5, width),
    );
    for (let y = 0; y < height; y++) {
      const row = neighbours(top + (y + 0.5) * share - 0.5, height);
      for (let c = 0; c < channels; c++) {
        const plane = c * height * width;
        const [above, below] = [plane + row.low * width, plane + row.high * width];
        const target = plane + y * width;
        for (let x = 0; x < width; x++) {
          const { low, high, part } = columns[x]!;
          const upper = from[above + low]! * (1 - part) + from[above + high]! * part;
          const lower = from[below + low]! * (1 - part) + from[below + high]! * part;
          out[target + x] = upper * (1 - row.part) + lower * row.part;
        }
      }
    }
  },
};

/** The pixels around a position, and how far it is from the first to the second. */
function neighbours(position: number, size: number): { low: number; high: number; part: number } {
  const clamped = Math.min(Math.max(position, 0), size - 1);
  const low = Math.floor(clamped);
  return { low, high: Math.min(low + 1, size - 1), part: clamped - low };
}
