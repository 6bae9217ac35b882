import { UsageError } from '../../errors.ts';
import { byteLength, type DType, dtypeBits, product, Tensor } from '../../ir/index.ts';

/** NumPy's type codes, without the byte order. */
const dtypes: Record<string, DType> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

interface Header {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bigEndian: boolean;
  readonly columnMajor: boolean;
}

const magic = '\x93NUMPY';

/**
 * Reads an .npy file, versions 1 to 3, of either byte order and layout; plain arrays are a view of `bytes`. Throws
 * UsageError, naming `name`, for other types (text, objects, complex) and cut-off files. Source: NumPy Enhancement
 * Proposal 1.
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== magic)
    throw new UsageError(`${name} must be a NumPy array, which starts with \\x93NUMPY; it does not`);
  const wide = bytes[6]! > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) throw new UsageError(`${name} is cut off within its header; get the file again`);
  const header = readHeader(Buffer.from(bytes.subarray(start, end)).toString('latin1'), name);
  const { dtype, shape } = header;
  const needed = byteLength(dtype, product(shape));
  if (bytes.length - end !== needed)
    throw new UsageError(
      `${name} must have ${needed} bytes of ${dtype} [${shape.join(', ')}], has ${bytes.length - end}; get the file again`,
    );
  const data = bytes.subarray(end);
  const width = dtypeBits(dtype) / 8;
  const ordered = header.columnMajor && shape.length > 1 ? rowMajor(data, shape, width) : data;
  return new Tensor(dtype, shape, header.bigEndian && width > 1 ? swapped(ordered, width) : ordered);
}

function readHeader(text: string, name: string): Header {
  const [, order = '', code = ''] = /'descr':\s*'([<>|=]?)([^']*)'/.exec(text) ?? [];
  const [, columnMajor] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, dims] = /'shape':\s*\(([\d\s,]*)\)/.exec(text) ?? [];
  const dtype = Object.hasOwn(dtypes, code) ? dtypes[code] : undefined;
  if (columnMajor === undefined || dims === undefined)
    throw new UsageError(`${name} must say its type, order and shape, says: ${text.trim().slice(0, 120)}`);
  if (!dtype)
    throw new UsageError(
      `${name} must hold numbers (${Object.keys(dtypes).join(', ')}), holds ${code ? `'${order}${code}'` : 'records'}: save it with another dtype`,
    );
  const shape = dims
    .split(',')
    .map((dim) => dim.trim())
    .filter(Boolean)
    .map(Number);
  return { dtype, shape, bigEndian: order === '>', columnMajor: columnMajor === 'True' };
}

/** Elements of `width` bytes from column-major (Fortran) to row-major order. */
function rowMajor(data: Uint8Array, shape: readonly number[], width: number): Uint8Array {
  const out = new Uint8Array(data.length);
  const position = shape.map(() => 0);
  for (let from = 0; from < data.length; from += width) {
    const to = position.reduce((sum, index, axis) => sum * shape[axis]! + index, 0) * width;
    out.set(data.subarray(from, from + width), to);
    for (let axis = 0; axis < shape.length && ++position[axis]! === shape[axis]; axis++) position[axis] = 0;
  }
  return out;
}

function swapped(data: Uint8Array, width: number): Uint8Array {
  const out = data.slice();
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse();
  return out;
}
