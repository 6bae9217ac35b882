import type { DType } from '../../src/ir/dtype.ts';
import type { Tensor } from '../../src/ir/tensor.ts';

type Values = ArrayLike<number | bigint> & Iterable<number | bigint>;

/** Types whose array does not hold the elements as numbers, and how to get them. */
const decoders: Partial<Record<DType, (tensor: Tensor) => Values>> = {
  float16: ({ data }) => Float32Array.from(data as Uint16Array, float16),
  bfloat16: ({ data }) =>
    new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer),
};

/** The elements as numbers; undefined for types that have none, or are packed several to a byte. */
export function tensorValues(tensor: Tensor): Values | undefined {
  const decode = decoders[tensor.dtype];
  if (decode) return decode(tensor);
  return /^(?:float(?:32|64)|u?int(?:8|16|32|64)|bool)$/.test(tensor.dtype) ? tensor.data : undefined;
}

/** A half-precision number from its bits (IEEE 754 binary16). */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
