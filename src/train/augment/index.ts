import { UsageError } from '../../errors.ts';
import { formatShape } from '../../ir/index.ts';
import type { Random } from '../../random.ts';
import type { Augmentation } from './augmentation.ts';
import { crop } from './crop.ts';
import { flip } from './flip.ts';
import { noise } from './noise.ts';
import { shift } from './shift.ts';

export { checkMixup, mixup } from './mixup.ts';

/** Changes of single samples, in the order in which they are applied. */
export const augmentations: readonly Augmentation[] = [crop, shift, flip, noise];

/** How training samples are changed at random; what is absent is not done. */
export interface AugmentOptions {
  /** Moves by up to so many pixels. */
  readonly shift?: number;
  /** Probability of mirroring left to right. */
  readonly flip?: number;
  /** Cuts out a part with sides of at least this share, and stretches it. */
  readonly crop?: number;
  /** Standard deviation of added noise, in units of the normalized input. */
  readonly noise?: number;
  /** Mixes pairs of samples and of targets, by a share from Beta(mixup, mixup). */
  readonly mixup?: number;
}

/** The sample changes that `options` ask for. Throws UsageError if an amount is out of range or the samples are no images. */
export function chosenAugmentations(
  options: AugmentOptions,
  shape: readonly number[],
): { augmentation: Augmentation; amount: number }[] {
  const chosen = augmentations.flatMap((augmentation) => {
    const amount = options[augmentation.name as keyof AugmentOptions];
    return amount === undefined ? [] : [{ augmentation, amount }];
  });
  for (const { augmentation, amount } of chosen) {
    if (!augmentation.fits(amount))
      throw new UsageError(`'${augmentation.name}' must be ${augmentation.must}, was ${amount}`);
    if (shape.length !== 3 && augmentation !== noise)
      throw new UsageError(
        `'${augmentation.name}' takes images [channels, height, width], the samples are ${formatShape(shape)}: leave it out`,
      );
  }
  return chosen;
}

/** A changed copy of samples that lie one after the other. */
export function augmented(
  images: Float32Array,
  chosen: ReturnType<typeof chosenAugmentations>,
  { shape, random, fill }: { shape: readonly number[]; random: Random; fill: readonly number[] },
): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  let from: Float32Array = images;
  let out: Float32Array = new Float32Array(images.length);
  for (const { augmentation, amount } of chosen) {
    const setting = { amount, shape: shape as unknown as [number, number, number], random, fill };
    for (let start = 0; start < images.length; start += size) {
      const end = start + size;
      augmentation.apply(out.subarray(start, end), from.subarray(start, end), setting);
    }
    [from, out] = [out, from === images ? new Float32Array(images.length) : from];
  }
  return from;
}
