import { UsageError } from '../errors.ts';
import { byteLength, type DType, dtypeBits, product, Tensor } from '../ir/index.ts';

const elementTypes = new Map<number, DType>([
  [0x08, 'uint8'],
  [0x09, 'int8'],
  [0x0b, 'int16'],
  [0x0c, 'int32'],
  [0x0d, 'float32'],
  [0x0e, 'float64'],
]);

/**
 * Reads an IDX file, the format of MNIST: bytes 0, 0, element type, rank; big-endian sizes; big-endian elements.
 * One-byte elements are a view of `bytes`. Throws UsageError, naming `name`, if the bytes are not exactly one IDX file.
 */
export function readIdx(bytes: Uint8Array, name: string): Tensor {
  const dtype = elementTypes.get(bytes[2] ?? 0);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || !dtype || rank === 0) {
    const start = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    throw new UsageError(
      `${name} must be an IDX file, which starts with 00 00, an element type and a rank; it starts with ${start || 'nothing'}`,
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw truncated(name, start, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const end = start + byteLength(dtype, product(shape));
  if (bytes.length !== end) throw truncated(name, end, bytes.length);
  return new Tensor(dtype, shape, littleEndian(bytes.subarray(start), dtypeBits(dtype) / 8));
}

function truncated(name: string, expected: number, actual: number): UsageError {
  return new UsageError(
    `${name} must have ${expected} bytes as its header says, has ${actual}; get the file again`,
  );
}

function littleEndian(bigEndian: Uint8Array, width: number): Uint8Array {
  if (width === 1) return bigEndian;
  const swapped = bigEndian.slice();
  for (let i = 0; i < swapped.length; i += width) swapped.subarray(i, i + width).reverse();
  return swapped;
}
