import { ModelError } from '../../errors.ts';
import { dtypeBits, product, Tensor } from '../../ir/index.ts';

/**
 * The part of a tensor at the given indices of each axis; null takes all of an axis. Throws ModelError for elements
 * that are not whole bytes.
 */
export function takeIndices(tensor: Tensor, axes: readonly (readonly number[] | null)[]): Tensor {
  const bits = dtypeBits(tensor.dtype);
  if (tensor.dtype === 'string' || bits % 8 !== 0)
    throw new ModelError(`A constant that loses channels must be of whole bytes, is ${tensor.dtype}`);
  let taken: Taken = { bytes: tensor.bytes, shape: [...tensor.shape] };
  for (const [axis, indices] of axes.entries())
    if (indices) taken = takeAxis(taken, axis, { indices, size: bits / 8 });
  return new Tensor(tensor.dtype, taken.shape, taken.bytes);
}

interface Taken {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
}

function takeAxis(
  { bytes, shape }: Taken,
  axis: number,
  { indices, size }: { indices: readonly number[]; size: number },
): Taken {
  const outer = product(shape.slice(0, axis));
  const block = product(shape.slice(axis + 1)) * size;
  const result = new Uint8Array(outer * indices.length * block);
  let at = 0;
  for (let i = 0; i < outer; i++)
    for (const index of indices) {
      const from = (i * shape[axis]! + index) * block;
      result.set(bytes.subarray(from, from + block), at);
      at += block;
    }
  return { bytes: result, shape: shape.with(axis, indices.length) };
}
