import { type Node, product, type Tensor } from '../ir/index.ts';
import { type Bytes, bytesOf } from './quantization.ts';

/** An image tensor with its channels last, whichever way the node has it. */
export interface Image {
  readonly data: Bytes;
  readonly batch: number;
  readonly channels: number;
  readonly spatial: readonly number[];
  /** Positions of one sample. */
  readonly positions: number;
}

const isLast = (node: Node): boolean => node.int('channels_last', 0) === 1;

/** The image that a node reads. `last` tells that its channels are last where no attribute does. */
export function imageOf(node: Node, tensor: Tensor, last = isLast(node)): Image {
  const { shape } = tensor;
  const spatial = last ? shape.slice(1, -1) : shape.slice(2);
  const channels = last ? shape.at(-1)! : shape[1]!;
  const positions = product(spatial);
  const data = bytesOf(tensor);
  const moved = last ? data : transposed(data, { batch: shape[0]!, rows: channels, columns: positions });
  return { data: moved, batch: shape[0]!, channels, spatial, positions };
}

/** The shape of an output [batch, channels, ...spatial] the way the node has it. */
export function outputShape(
  node: Node,
  { batch, channels, spatial }: Pick<Image, 'batch' | 'channels' | 'spatial'>,
  last = isLast(node),
): number[] {
  return last ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

/** Writes an image whose channels are last into the output of a node, the way the node has it. */
export function writeImage(
  node: Node,
  { data, batch, channels, positions }: Omit<Image, 'spatial'>,
  out: Bytes,
): void {
  const last = isLast(node);
  out.set(last ? data : transposed(data, { batch, rows: positions, columns: channels }));
}

/** [batch, rows, columns] as [batch, columns, rows]. */
function transposed(
  data: Bytes,
  { batch, rows, columns }: { readonly batch: number; readonly rows: number; readonly columns: number },
): Bytes {
  const out = data.slice();
  if (rows === 1 || columns === 1) return out;
  const size = rows * columns;
  for (let start = 0; start < batch * size; start += size)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        out[start + column * rows + row] = data[start + row * columns + column]!;
  return out;
}
