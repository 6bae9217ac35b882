import { type Dim, dtypeCode, dtypeOfCode, type TensorType } from '../ir/index.ts';
import type { Dimension, TypeProto } from './schema.ts';

/** undefined for what is not a dense tensor. */
export function decodeType(message: TypeProto | undefined): TensorType | undefined {
  const tensor = message?.tensor_type;
  if (!tensor) return undefined;
  return {
    dtype: dtypeOfCode(tensor.elem_type ?? 0),
    shape: tensor.shape && (tensor.shape.dim ?? []).map(decodeDim),
  };
}

export function encodeType(type: TensorType): TypeProto {
  const { dtype, shape } = type;
  return {
    tensor_type: {
      ...(dtype && { elem_type: dtypeCode(dtype) }),
      ...(shape && { shape: { dim: shape.map(encodeDim) } }),
    },
  };
}

/** True if a TensorType says all that is in `message`: no denotations, no unknown fields, only known codes. */
export function isPlainType(message: TypeProto): boolean {
  const { tensor_type, ...rest } = message;
  if (!tensor_type || !isEmpty(rest)) return false;
  const { elem_type = 0, shape, ...more } = tensor_type;
  if (!isEmpty(more) || (elem_type !== 0 && !dtypeOfCode(elem_type))) return false;
  const { dim = [], ...others } = shape ?? {};
  return isEmpty(others) && dim.every(isPlainDim);
}

function decodeDim({ dim_value, dim_param }: Dimension): Dim {
  if (typeof dim_value === 'number' && dim_value >= 0) return dim_value;
  return dim_param || null;
}

function encodeDim(dim: Dim): Dimension {
  if (dim === null) return {};
  return typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim };
}

function isPlainDim(dim: Dimension): boolean {
  const { dim_value, dim_param, ...rest } = dim;
  const known = dim_value ?? dim_param ?? null;
  return isEmpty(rest) && known === decodeDim(dim);
}

const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0;
