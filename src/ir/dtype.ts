/** ONNX element types: the spec's code (TensorProto.DataType), bits per element, and the typed array that holds them. */
const dtypes = {
  float32: { code: 1, bits: 32, array: Float32Array },
  uint8: { code: 2, bits: 8, array: Uint8Array },
  int8: { code: 3, bits: 8, array: Int8Array },
  uint16: { code: 4, bits: 16, array: Uint16Array },
  int16: { code: 5, bits: 16, array: Int16Array },
  int32: { code: 6, bits: 32, array: Int32Array },
  int64: { code: 7, bits: 64, array: BigInt64Array },
  string: { code: 8, bits: 0, array: Uint8Array },
  bool: { code: 9, bits: 8, array: Uint8Array },
  float16: { code: 10, bits: 16, array: Uint16Array },
  float64: { code: 11, bits: 64, array: Float64Array },
  uint32: { code: 12, bits: 32, array: Uint32Array },
  uint64: { code: 13, bits: 64, array: BigUint64Array },
  complex64: { code: 14, bits: 64, array: Float32Array },
  complex128: { code: 15, bits: 128, array: Float64Array },
  bfloat16: { code: 16, bits: 16, array: Uint16Array },
  float8e4m3fn: { code: 17, bits: 8, array: Uint8Array },
  float8e4m3fnuz: { code: 18, bits: 8, array: Uint8Array },
  float8e5m2: { code: 19, bits: 8, array: Uint8Array },
  float8e5m2fnuz: { code: 20, bits: 8, array: Uint8Array },
  uint4: { code: 21, bits: 4, array: Uint8Array },
  int4: { code: 22, bits: 4, array: Uint8Array },
  float4e2m1: { code: 23, bits: 4, array: Uint8Array },
  float8e8m0: { code: 24, bits: 8, array: Uint8Array },
  uint2: { code: 25, bits: 2, array: Uint8Array },
  int2: { code: 26, bits: 2, array: Uint8Array },
} as const;

export type DType = keyof typeof dtypes;
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;
/** The typed array of one element type, for example `Float32Array` for `'float32'`. */
export type ArrayOf<D extends DType> = InstanceType<(typeof dtypes)[D]['array']>;

const byCode = new Map<number, DType>(Object.entries(dtypes).map(([name, d]) => [d.code, name as DType]));

export const dtypeCode = (dtype: DType): number => dtypes[dtype].code;
export const dtypeBits = (dtype: DType): number => dtypes[dtype].bits;
export const dtypeArray = <D extends DType>(dtype: D) => dtypes[dtype].array;
/** The dtype of a spec code; undefined for 0 (UNDEFINED) and codes newer than this table. */
export const dtypeOfCode = (code: number): DType | undefined => byCode.get(code);

export const isFloat = (dtype: DType | undefined): boolean =>
  dtype !== undefined && (dtype.includes('float') || dtype.includes('complex'));

/** Bytes that `count` elements take in `raw_data`; elements under 8 bits are packed, low bits first. */
export const byteLength = (dtype: DType, count: number): number =>
  Math.ceil((count * dtypes[dtype].bits) / 8);
