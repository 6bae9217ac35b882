import { type DType, dtypeBits } from './dtype.ts';
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
const isPlain = (dtype: DType): boolean =>
  /^(u?int(8|16|32|64)|float(32|64)|bool)$/.test(dtype) && dtypeBits(dtype) >= 8;

function printElements(tensor: Tensor): string[] {
  if (tensor.strings) return tensor.strings.map((bytes) => JSON.stringify(shorten(decoder.decode(bytes))));
  if (tensor.dtype === 'bool') return Array.from(tensor.bytes, (byte) => `${byte !== 0}`);
  if (!isPlain(tensor.dtype))
    return Array.from(tensor.bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
  return Array.from(tensor.data as ArrayLike<number | bigint>, (element) =>
    printNumber(element, tensor.dtype),
  );
}

/** Seven digits tell two neighbouring float32 apart well enough for reading. */
const printNumber = (element: number | bigint, dtype: DType): string =>
  dtype === 'float32' ? `${Number(Number(element).toPrecision(7))}` : `${element}`;

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

const bytesText = ({ length }: Uint8Array): string => {
  if (length < 1000) return `${length} B`;
  return length < 1e6 ? `${(length / 1e3).toFixed(1)} kB` : `${(length / 1e6).toFixed(1)} MB`;
};
