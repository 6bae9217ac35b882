import { ModelError } from '../../errors.ts';
import { byteLength, type DType, product, Tensor } from '../../ir/index.ts';
import { permute } from '../channels-last/permute.ts';
import { readZip } from './zip.ts';

/** numpy's type codes; little-endian, or of one byte. */
const dtypes: Readonly<Record<string, DType>> = {
  '<f8': 'float64',
  '<f4': 'float32',
  '<f2': 'float16',
  '<i8': 'int64',
  '<i4': 'int32',
  '<i2': 'int16',
  '|i1': 'int8',
  '<u8': 'uint64',
  '<u4': 'uint32',
  '<u2': 'uint16',
  '|u1': 'uint8',
  '|b1': 'bool',
};

/** The arrays of a .npz file (numpy's savez) by name. Throws ModelError if it is malformed. */
export const readNpz = (bytes: Uint8Array): Map<string, Tensor> =>
  new Map(
    Array.from(readZip(bytes), ([name, content]): [string, Tensor] => [
      name.replace(/\.npy$/, ''),
      readNpy(content, name),
    ]),
  );

/**
 * The array of a .npy file, versions 1 to 3; one in Fortran's order is brought into C's. `name` is for errors.
 * Throws ModelError if it is malformed, or holds Python objects.
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const malformed = (what: string): ModelError => new ModelError(`Array '${name}' ${what}`, { value: name });
  const magic = new TextDecoder().decode(bytes.subarray(1, 6));
  if (bytes[0] !== 0x93 || magic !== 'NUMPY' || bytes.length < 12)
    throw malformed('must be in numpy format, is not');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, start] = bytes[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const code = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? 'a structure';
  const dtype = Object.hasOwn(dtypes, code) ? dtypes[code]! : undefined;
  if (!dtype) throw malformed(`must be of type ${Object.keys(dtypes).join(', ')}, is of ${code}`);
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (sizes === undefined) throw malformed('must have a shape, has none');
  const shape = sizes.split(',').flatMap((size) => (size.trim() ? [Number.parseInt(size, 10)] : []));
  const data = bytes.subarray(start + length);
  const expected = byteLength(dtype, product(shape));
  if (data.length !== expected)
    throw malformed(`of ${dtype}[${shape}] must have ${expected} bytes, has ${data.length}`);
  if (!/'fortran_order':\s*True/.test(header)) return new Tensor(dtype, shape, data);
  const reversed = new Tensor(dtype, shape.toReversed(), data);
  return permute(
    reversed,
    shape.map((_, axis) => shape.length - 1 - axis),
  );
}
