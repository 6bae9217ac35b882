import type { Tensor } from '../../src/ir/index.ts';

/** A tensor's elements as numbers: the halves too, which tensors hold as bits. */
export function numbersOf({ dtype, data }: Tensor): ArrayLike<number | bigint> {
  if (dtype === 'float16') return Float32Array.from(data as Uint16Array, fromHalf);
  if (dtype === 'bfloat16') return fromBrain(data as Uint16Array);
  return data as ArrayLike<number | bigint>;
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function fromBrain(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}
