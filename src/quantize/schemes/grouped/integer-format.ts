import { UsageError } from '../../../errors.ts';
import { type Affine, affineOf, type IntegerRange } from '../../scale.ts';
import { weightRange } from '../../weights.ts';

export type WeightBits = 2 | 3 | 4 | 8;

/** How weights are kept as integers. */
export interface IntegerFormat {
  readonly bits: WeightBits;
  /** Signed integers around 0; else unsigned ones with a zero point for each scale. */
  readonly symmetric: boolean;
  /** Inputs of a channel that share a scale. Undefined: all of them. */
  readonly group?: number | undefined;
  /** Of 8 symmetric bits: on [-64, 64], so that sums of two products fit 16 bits. */
  readonly reduced?: boolean;
  /**
   * Of symmetric integers: the largest magnitude of a group becomes the lowest integer, by a negative scale if
   * it is positive, and what lies beyond the highest on the other side is clipped. For kernels that take negative scales.
   */
  readonly signedScale?: boolean;
}

/** Throws UsageError for bits or a group that no runtime has kernels for. */
export function checkFormat({ bits, group }: IntegerFormat): void {
  if (![2, 3, 4, 8].includes(bits))
    throw new UsageError(`Weights must have 2, 3, 4 or 8 bits, were to have ${bits}`);
  const isPower = group !== undefined && Number.isInteger(Math.log2(group));
  if (group !== undefined && (!isPower || group < 16 || group > 256))
    throw new UsageError(
      `A group must be 16, 32, 64, 128 or 256 inputs, for which onnxruntime has kernels, was ${group}; leave it out for one scale a channel`,
    );
}

/** The integers of a format. 8 bits are symmetric on [-127, 127], as int8 kernels expect, but for signed scales. */
export function integersOf({ bits, symmetric, reduced, signedScale }: IntegerFormat): IntegerRange {
  if (bits === 8 && symmetric && !signedScale) return weightRange(reduced ?? false);
  if (!symmetric) return { min: 0, max: 2 ** bits - 1 };
  return { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 };
}

/**
 * Scale and zero point for numbers between `min` and `max`. Symmetric ones use the integer more that the negative side
 * has where the largest magnitude is negative: [-8, 7] has 7 steps on one side and 8 on the other.
 */
export function affineFor(min: number, max: number, format: IntegerFormat): Affine {
  const integers = integersOf(format);
  if (!format.symmetric) return affineOf({ min, max }, integers);
  const signed = (max > -min ? max : min) / integers.min;
  const scale = Math.fround(format.signedScale ? signed : Math.max(max / integers.max, min / integers.min));
  return { scale: Math.abs(scale) < 2 ** -126 ? 1 : scale, zeroPoint: 0 };
}
