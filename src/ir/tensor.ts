import { ModelError } from '../errors.ts';
import { type ArrayOf, byteLength, type DType, dtypeArray, type TypedArray } from './dtype.ts';
import { product } from './shape.ts';

/**
 * Constant data: dtype, shape and little-endian bytes laid out as ONNX `raw_data`.
 * The bytes may be a view of a file's buffer: treat them as read-only. Strings have `strings` instead.
 */
export class Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly strings: readonly Uint8Array[] | undefined;
  /** What a codec read and does not understand; the codec writes it back. */
  foreign: unknown;

  /** Throws ModelError if the bytes do not fit dtype and shape. */
  constructor(dtype: D, shape: readonly number[], bytes: Uint8Array, strings?: readonly Uint8Array[]) {
    const expected = byteLength(dtype, product(shape));
    if (dtype !== 'string' && bytes.byteLength !== expected) {
      throw new ModelError(
        `A ${dtype} tensor of shape [${shape.join(', ')}] must have ${expected} bytes, has ${bytes.byteLength}`,
      );
    }
    this.dtype = dtype;
    this.shape = shape;
    this.bytes = bytes;
    this.strings = strings;
  }

  /** A tensor over `data` (shared, not copied) or over plain numbers. `shape` defaults to one dimension. */
  static of<D extends DType>(
    dtype: D,
    data: TypedArray | readonly number[],
    shape?: readonly number[],
  ): Tensor<D> {
    const array = ArrayBuffer.isView(data) ? data : toTypedArray(dtype, data as readonly number[]);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    return new Tensor(dtype, shape ?? [array.length], bytes);
  }

  static scalar<D extends DType>(dtype: D, value: number): Tensor<D> {
    return Tensor.of(dtype, [value], []);
  }

  get size(): number {
    return product(this.shape);
  }

  /** The elements as a typed array: a view where the bytes are aligned, a copy where they are not. */
  get data(): ArrayOf<D> {
    const Type = dtypeArray(this.dtype);
    const { bytes } = this;
    const aligned = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0;
    // Not slice(): of a Buffer that is a view, as unaligned as before.
    const source = aligned ? bytes : new Uint8Array(bytes);
    return new Type(
      source.buffer as ArrayBuffer,
      source.byteOffset,
      source.byteLength / Type.BYTES_PER_ELEMENT,
    ) as ArrayOf<D>;
  }

  /** The elements as numbers; int64 beyond 2^53 loses precision. For small tensors such as shapes and axes. */
  toNumbers(): number[] {
    return Array.from(this.data as ArrayLike<number | bigint>, Number);
  }
}

function toTypedArray(dtype: DType, numbers: readonly number[]): TypedArray {
  if (dtype === 'int64') return BigInt64Array.from(numbers, BigInt);
  if (dtype === 'uint64') return BigUint64Array.from(numbers, BigInt);
  return (dtypeArray(dtype) as unknown as { from(a: readonly number[]): TypedArray }).from(numbers);
}
