import { ModelError } from '../../errors.ts';
import type { DType } from '../../ir/index.ts';

/** TFLite's TensorType by its number; those without an ONNX dtype are left out. int4 and uint4 are read as 8 bits. */
const types: Readonly<Record<number, DType>> = {
  0: 'float32',
  1: 'float16',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  6: 'bool',
  7: 'int16',
  9: 'int8',
  10: 'float64',
  12: 'uint64',
  15: 'uint32',
  16: 'uint16',
  17: 'int4',
  20: 'uint4',
};

/** Throws ModelError for types that ONNX has not. */
export function dtypeOf(type: number, name: string): DType {
  const dtype = types[type];
  if (dtype) return dtype;
  throw new ModelError(`Tensor '${name}' must be of a type that ONNX has, is of TFLite type ${type}`, {
    value: name,
  });
}
