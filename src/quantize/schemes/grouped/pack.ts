import { type DType, Tensor } from '../../../ir/index.ts';
import type { IntegerFormat } from './integer-format.ts';

/** The smallest element type that ONNX 1.16 (operator set 21) has for a format: 2 and 3 bits travel in 4. */
export function dtypeOf({ bits, symmetric }: IntegerFormat): DType {
  if (bits === 8) return symmetric ? 'int8' : 'uint8';
  return symmetric ? 'int4' : 'uint4';
}

/** Integers as an ONNX tensor; those of 4 bits two a byte, the first one in the low half. */
export function integerTensor(dtype: DType, integers: ArrayLike<number>, shape: readonly number[]): Tensor {
  if (dtype !== 'int4' && dtype !== 'uint4') return Tensor.of(dtype, Array.from(integers), shape);
  return new Tensor(dtype, shape, packBits(integers, 4));
}

/** Integers of 2, 4 or 8 bits, low bits of a byte first; negative ones in two's complement. */
export function packBits(integers: ArrayLike<number>, bits: 2 | 4 | 8): Uint8Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const bytes = new Uint8Array(Math.ceil(integers.length / perByte));
  for (let i = 0; i < integers.length; i++)
    bytes[Math.floor(i / perByte)]! |= (integers[i]! & mask) << (bits * (i % perByte));
  return bytes;
}

/** The integers of an ONNX tensor of 4 or 8 bits. */
export function unpackIntegers(tensor: Tensor): Int16Array<ArrayBuffer> {
  const { dtype, bytes, size } = tensor;
  if (dtype !== 'int4' && dtype !== 'uint4') return Int16Array.from(tensor.data as Int8Array);
  const sign = dtype === 'int4' ? 8 : 0;
  return Int16Array.from({ length: size }, (_, i) => {
    const nibble = (bytes[i >> 1]! >> (4 * (i & 1))) & 15;
    return (nibble ^ sign) - sign;
  });
}
