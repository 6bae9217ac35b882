import { dtypeBits, product, Tensor } from '../../ir/index.ts';

/** Elements as bit patterns of their width. */
const words = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const;

/** A tensor with its axes in another order: axis `i` of the result is axis `order[i]` of the tensor. */
export function permute(tensor: Tensor, order: readonly number[]): Tensor {
  const { dtype, shape } = tensor;
  if (order.every((axis, i) => axis === i)) return tensor;
  const newShape = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => product(shape.slice(axis + 1)));
  const Words = words[dtypeBits(dtype) as keyof typeof words] as typeof Uint32Array;
  const source = new Words(new Uint8Array(tensor.bytes).buffer);
  const target = new Words(source.length);
  const index = newShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < target.length; to++) {
    target[to] = source[from]!;
    from += advance(index, newShape, steps);
  }
  return Tensor.of(dtype, target, newShape);
}

/** Counts the index up by one and tells how far the source moves with it. */
function advance(index: number[], shape: readonly number[], steps: readonly number[]): number {
  let moved = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    moved += steps[axis]!;
    if (++index[axis]! < shape[axis]!) return moved;
    moved -= steps[axis]! * shape[axis]!;
    index[axis] = 0;
  }
  return moved;
}

/** The same data under another shape of as many elements. */
export const reshaped = (tensor: Tensor, shape: readonly number[]): Tensor =>
  new Tensor(tensor.dtype, shape, tensor.bytes);
