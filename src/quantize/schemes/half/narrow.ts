import { bfloatOf, halfOf, Tensor } from '../../../ir/index.ts';

/** A float type of 16 bits. */
export type HalfType = 'float16' | 'bfloat16';

/** Largest finite numbers. */
export const largest: Readonly<Record<HalfType, number>> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
};

/** Smallest numbers with all bits of precision. */
export const smallestNormal: Readonly<Record<HalfType, number>> = { float16: 2 ** -14, bfloat16: 2 ** -126 };

/** A float32 tensor in 16 bits, nearest, half to even; what is too large becomes the largest, infinities stay. */
export function narrow(tensor: Tensor, dtype: HalfType): Tensor {
  const round = dtype === 'float16' ? halfOf : bfloatOf;
  const limit = largest[dtype];
  const data = Uint16Array.from(tensor.data as Float32Array, (x) =>
    round(Number.isFinite(x) ? Math.min(Math.max(x, -limit), limit) : x),
  );
  return Tensor.of(dtype, data, tensor.shape);
}
