import type { Range } from './observer.ts';

/** The whole numbers that a quantized tensor may hold. */
export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** `real = scale * (integer - zeroPoint)`; the scale is a float32. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

export type ActivationType = 'uint8' | 'int8';

export const activationRanges: Readonly<Record<ActivationType, IntegerRange>> = {
  uint8: { min: 0, max: 255 },
  int8: { min: -128, max: 127 },
};

const smallestNormal = 2 ** -126;

/** Here float64 has whole numbers alone, so that adding it rounds, half to even. */
const wholes = 1.5 * 2 ** 52;

/**
 * The nearest whole number, the even one of two: as ONNX QuantizeLinear rounds, unlike Math.round. Beyond 2^51, where no
 * integer type of a model goes, the number as it is.
 */
export const roundHalfEven = (x: number): number => (Math.abs(x) < 2 ** 51 ? x + wholes - wholes : x);

/**
 * Scale and zero point that map a range, widened to contain 0, onto whole numbers. 0 is exact after the round trip.
 * Source: Jacob et al. 2018 (arXiv 1712.05877); computed in float64, scale stored as float32.
 */
export function affineOf(range: Range, integers: IntegerRange): Affine {
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  const scale = (max - min) / (integers.max - integers.min);
  if (scale < smallestNormal) return { scale: 1, zeroPoint: 0 };
  const zeroPoint = roundHalfEven(integers.min - min / scale);
  return {
    scale: Math.fround(scale),
    zeroPoint: Math.min(Math.max(zeroPoint, integers.min), integers.max),
  };
}

/**
 * Scale for a range made symmetric about 0, whose zero point is the middle of the integers: 0 for int8, 128 for uint8.
 * No number of the range is clipped.
 */
export function symmetricAffineOf(range: Range, integers: IntegerRange): Affine {
  const zeroPoint = roundHalfEven((integers.min + integers.max) / 2);
  const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
  const scale = largest / Math.min(integers.max - zeroPoint, zeroPoint - integers.min);
  return { scale: scale < smallestNormal ? 1 : Math.fround(scale), zeroPoint };
}

/** QuantizeLinear of one number: float32 division, half to even, saturated. */
export function quantize(x: number, { scale, zeroPoint }: Affine, integers: IntegerRange): number {
  const q = roundHalfEven(Math.fround(x / scale)) + zeroPoint;
  // Math.min and Math.max take longer than the division.
  return q < integers.min ? integers.min : q > integers.max ? integers.max : q;
}

/** DequantizeLinear of one number, float32. */
export const dequantize = (q: number, { scale, zeroPoint }: Affine): number =>
  Math.fround((q - zeroPoint) * scale);
