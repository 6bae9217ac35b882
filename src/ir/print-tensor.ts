import type { DType } from './dtype.ts';
import type { Tensor } from './tensor.ts';

/** Tensors of at most so many elements are shown with them. */
const shownElements = 8;

const decoder = new TextDecoder();

/** The elements of a small tensor, `[1, 2]` or `1` for a scalar; the size in bytes of a large one. */
export function printTensor(tensor: Tensor | undefined): string {
  if (!tensor) return 'sparse or unknown data';
  if (tensor.size > shownElements) return tensor.strings ? `${tensor.size} strings` : bytesText(tensor.bytes);
  const elements = printElements(tensor);
  return tensor.shape.length ? `[${elements.join(', ')}]` : `${elements[0]}`;
}

/** Types whose array holds the elements as they are; others are shown as the bytes in which they are kept. */
const isPlain = (dtype: DType): boolean => /^(u?int(8|16|32|64)|float(32|64))$/.test(dtype);

function printElements(tensor: Tensor): string[] {
  const { dtype, bytes, strings, data } = tensor;
  if (strings) return strings.map((one) => JSON.stringify(shorten(decoder.decode(one))));
  if (dtype === 'bool') return Array.from(bytes, (byte) => `${byte !== 0}`);
  if (!isPlain(dtype)) return bytes.length ? [`0x${hex(bytes)}`] : [];
  const print = dtype === 'float32' ? printFloat : String;
  return Array.from(data as ArrayLike<number | bigint>, print);
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A float32 without the digits that only its conversion to double made. */
export const printFloat = (value: number | bigint): string => `${Number(Number(value).toPrecision(7))}`;

/** At most 80 characters of a text. */
export const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text);

function bytesText({ length }: Uint8Array): string {
  if (length < 1000) return `${length} B`;
  return length < 1e6 ? `${(length / 1e3).toFixed(1)} kB` : `${(length / 1e6).toFixed(1)} MB`;
}
