import { ModelError } from '../../errors.ts';

/** A positive real number as TFLite keeps it: `mantissa / 2^31 * 2^shift`, the mantissa from 2^30 to 2^31 - 1. */
export interface FixedPoint {
  readonly mantissa: number;
  readonly shift: number;
}

/**
 * TFLite's QuantizeMultiplier: a float64 number to 31 bits and a power of two. Throws ModelError for numbers from 2^14 on,
 * which no scales of a trained network give.
 */
export function fixedPoint(real: number): FixedPoint {
  if (real === 0) return { mantissa: 0, shift: 0 };
  let shift = Math.floor(Math.log2(real)) + 1;
  // log2 may be off by a rounding next to a power of two.
  while (real / 2 ** shift >= 1) shift++;
  while (real / 2 ** shift < 0.5) shift--;
  const mantissa = Math.floor((real / 2 ** shift) * 2 ** 31 + 0.5);
  if (!(real > 0 && shift < 15))
    throw new ModelError(`The quotient of the scales must be between 0 and 2^14, is ${real}`);
  if (mantissa === 2 ** 31) return { mantissa: 2 ** 30, shift: shift + 1 };
  return shift < -31 ? { mantissa: 0, shift: 0 } : { mantissa, shift };
}

/** Multiplies a 32-bit integer and rounds. */
export type FixedMultiply = (x: number, factor: FixedPoint) => number;

/**
 * TFLite's MultiplyByQuantizedMultiplier as it is built by default, and CMSIS-NN's arm_nn_requantize: the product is
 * rounded to 32 bits half up, then shifted, rounding half away from zero.
 */
export const doublyRounded: FixedMultiply = (x, { mantissa, shift }) => {
  const left = shift > 0 ? (x << shift) | 0 : x;
  return divideByPowerOfTwo(highProduct(left, mantissa, 31), shift < 0 ? -shift : 0);
};

/** The same with TFLITE_SINGLE_ROUNDING or CMSIS_NN_USE_SINGLE_ROUNDING: one rounding, half up. */
export const singlyRounded: FixedMultiply = (x, { mantissa, shift }) => highProduct(x, mantissa, 31 - shift);

/** floor((x * mantissa + 2^(bits - 1)) / 2^bits) for `bits` from 17 on. float64 holds each half of the product exactly. */
function highProduct(x: number, mantissa: number, bits: number): number {
  const high = x * Math.floor(mantissa / 65536);
  const low = Math.floor((x * (mantissa % 65536)) / 65536);
  return Math.floor((high + low + 2 ** (bits - 17)) / 2 ** (bits - 16));
}

function divideByPowerOfTwo(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const mask = 2 ** exponent - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}
