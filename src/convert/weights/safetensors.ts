import { ModelError } from '../../errors.ts';
import { byteLength, type DType, product, Tensor } from '../../ir/index.ts';
import { Json } from '../json.ts';

/** safetensors' names of element types. */
const dtypes: Readonly<Record<string, DType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};

/**
 * The tensors of a safetensors file by name, as views of its bytes: eight bytes with the length of a JSON header, the header,
 * the data. Throws ModelError if it is malformed.
 */
export function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(8 + length <= bytes.length))
    throw new ModelError(
      `A safetensors file must have a header of its declared length, ${length}, in ${bytes.length} bytes`,
    );
  const header = Json.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
    'The safetensors header',
  );
  const data = bytes.subarray(8 + length);
  return new Map(
    header
      .entries()
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]): [string, Tensor] => [name, tensorOf(name, { entry, data })]),
  );
}

function tensorOf(name: string, { entry, data }: { entry: Json; data: Uint8Array }): Tensor {
  const dtype = dtypes[entry.get('dtype').choice(...Object.keys(dtypes))]!;
  const shape = entry.get('shape').sizes();
  const [begin = -1, end = -1] = entry.get('data_offsets').sizes();
  const expected = byteLength(dtype, product(shape));
  if (begin < 0 || end > data.length || end - begin !== expected)
    throw new ModelError(
      `Tensor '${name}' of ${dtype}[${shape}] must have ${expected} bytes within ${data.length}, has those from ${begin} to ${end}`,
      { value: name },
    );
  return new Tensor(dtype, shape, data.subarray(begin, end));
}
