import { ModelError } from '../errors.ts';
import { type DType, dtypeBits } from '../ir/index.ts';
import type { TensorProto } from './schema.ts';

/** The bytes of a tensor's elements in `raw_data` layout, from whichever field holds them. */
export function tensorBytes(message: TensorProto, dtype: DType): Uint8Array {
  const { raw_data } = message;
  if (raw_data?.length) return raw_data;
  const data = message[fieldOf(dtype)];
  if (!data) return raw_data ?? new Uint8Array(0);
  const narrow = narrowed(data, dtype);
  return new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength);
}

type DataField = 'float_data' | 'double_data' | 'int64_data' | 'uint64_data' | 'int32_data';

/** Which field the spec says holds a dtype's elements; all that is not listed is in int32_data. */
function fieldOf(dtype: DType): DataField {
  return fields[dtype] ?? 'int32_data';
}

const fields: Partial<Record<DType, DataField>> = {
  float32: 'float_data',
  complex64: 'float_data',
  float64: 'double_data',
  complex128: 'double_data',
  int64: 'int64_data',
  uint64: 'uint64_data',
  uint32: 'uint64_data',
};

type Data = NonNullable<TensorProto[DataField]>;

/** 8 and 16 bit elements come one in an int32, those below 8 bits packed to bytes one byte in an int32. */
function narrowed(data: Data, dtype: DType): ArrayBufferView {
  const bits = dtypeBits(dtype);
  if (data instanceof BigUint64Array && bits === 32)
    return Uint32Array.from(data, (value) => Number(BigInt.asUintN(32, value)));
  if (!(data instanceof Int32Array) || bits === 32) return data;
  return bits === 16 ? new Uint16Array(data) : new Uint8Array(data);
}

/** The elements of a string tensor. Throws ModelError if there are more or fewer than `count`. */
export function tensorStrings(message: TensorProto, count: number): readonly Uint8Array[] {
  const strings = message.string_data ?? [];
  if (strings.length === count) return strings;
  throw new ModelError(`it must have ${count} strings, has ${strings.length}`);
}
