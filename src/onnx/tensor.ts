import { ModelError } from '../errors.ts';
import { dtypeCode, dtypeOfCode, product, Tensor } from '../ir/index.ts';
import { keep } from './entries.ts';
import type { TensorProto } from './schema.ts';
import { tensorBytes, tensorStrings } from './tensor-data.ts';

/** Far more than any runtime takes; keeps error messages readable. */
const maxRank = 64;

const noBytes = new Uint8Array(0);

/** Throws ModelError, naming the tensor as `label`, if type, dimensions and data do not fit each other. */
export function decodeTensor(message: TensorProto, label = `Tensor '${message.name ?? ''}'`): Tensor {
  try {
    return decode(message);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(`${label}: ${error.message}`, { value: message.name, cause: error });
  }
}

function decode(message: TensorProto): Tensor {
  if (message.data_location === external) throw new ModelError(externalText(message));
  const dtype = dtypeOfCode(message.data_type ?? 0);
  if (!dtype)
    throw new ModelError(`its type must be one of ONNX's codes 1 to 26, is ${message.data_type ?? 0}`);
  const { dims = [] } = message;
  if (dims.length > maxRank)
    throw new ModelError(`it must have ${maxRank} dimensions at most, has ${dims.length}`);
  const shape = dims.map(checkedDim);
  const count = product(shape);
  if (!Number.isSafeInteger(count)) throw new ModelError(`its shape [${shape}] is too large`);
  const tensor =
    dtype === 'string'
      ? new Tensor(dtype, shape, noBytes, tensorStrings(message, count))
      : new Tensor(dtype, shape, tensorBytes(message, dtype));
  tensor.foreign = foreignOf(message);
  return tensor;
}

/** TensorProto.DataLocation.EXTERNAL */
export const external = 1;

function externalText(message: TensorProto): string {
  const location = message.external_data?.find((entry) => entry.key === 'location')?.value ?? '';
  return `its data is in the file '${location}' beside the model; load the model by its path instead of its bytes`;
}

function checkedDim(dim: number | bigint): number {
  if (typeof dim === 'number' && dim >= 0) return dim;
  throw new ModelError(`a dimension must be from 0 to 2^53, is ${dim}`);
}

function foreignOf(message: TensorProto): TensorProto | undefined {
  const { dims, data_type, data_location, float_data, int32_data, int64_data, ...rest } = message;
  const { double_data, uint64_data, string_data, raw_data, ...foreign } = rest;
  return keep(foreign);
}

/** `name` is that of the value; without it the tensor keeps the name it was read with. */
export function encodeTensor(tensor: Tensor, name?: string): TensorProto {
  const foreign = tensor.foreign as TensorProto | undefined;
  const { strings, bytes } = tensor;
  return {
    ...foreign,
    ...(name !== undefined && { name }),
    dims: tensor.shape,
    data_type: dtypeCode(tensor.dtype),
    ...(strings ? { string_data: strings } : { raw_data: bytes }),
  };
}
