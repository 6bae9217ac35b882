import { ModelError } from '../../errors.ts';
import { product, Tensor } from '../../ir/index.ts';

/** One level of a sparse tensor: `size` indices that are all there, or those listed from one segment to the next. */
export type SparseLevel =
  | { readonly size: number; readonly segments?: undefined }
  | { readonly segments: readonly number[]; readonly indices: readonly number[] };

/** TFLite's SparsityParameters: the axes in the order of the levels, those of blocks behind the tensor's own. */
export interface Sparsity {
  readonly order: readonly number[];
  /** The axis of the tensor that each block axis is a part of. */
  readonly blocks: readonly number[];
  readonly levels: readonly SparseLevel[];
}

/** Elements of the dense tensor for each that is stored, at most. */
const thinnest = 1000;

/**
 * The dense form of a sparse tensor, zeros where nothing is stored (the scheme of the Tensor Algebra Compiler, as TFLite's
 * FormatConverter reads it). `stored` are its elements in one dimension. Throws ModelError if they do not fit.
 */
export function densify(
  stored: Tensor,
  { shape, sparsity, name }: { shape: readonly number[]; sparsity: Sparsity; name: string },
): Tensor {
  const malformed = (what: string): ModelError =>
    new ModelError(`Sparse tensor '${name}' ${what}`, { value: name });
  const sizes = levelSizes(shape, sparsity);
  if (!sizes)
    throw malformed(
      `of shape [${shape}] must have a level for each of its axes and blocks that fit, has not`,
    );
  if (!(product(shape) <= stored.size * thinnest))
    throw malformed(`of shape [${shape}] must store one of ${thinnest} elements, stores ${stored.size}`);
  return fill(stored, { shape, sparsity, sizes, malformed });
}

/** How many indices each level has; undefined if the levels do not fit the shape. Own axes come first, then blocks. */
function levelSizes(shape: readonly number[], { order, blocks, levels }: Sparsity): number[] | undefined {
  const rank = shape.length;
  const axes = rank + blocks.length;
  if (levels.length !== axes || order.length !== axes || new Set(order).size !== axes) return undefined;
  if (order.some((axis, i) => axis < 0 || axis >= axes || i < rank !== axis < rank)) return undefined;
  const declared = levels.map((level) => (level.segments ? undefined : level.size));
  const inBlock = shape.map((_, axis) =>
    product(order.map((at, i) => (at >= rank && blocks[at - rank] === axis ? (declared[i] ?? 0) : 1))),
  );
  const sizes = order.map((axis, i) => (axis < rank ? shape[axis]! / inBlock[axis]! : (declared[i] ?? 0)));
  const fits = sizes.every((size, i) => Number.isInteger(size) && size > 0 && (declared[i] ?? size) === size);
  return fits ? sizes : undefined;
}

interface Fill {
  readonly shape: readonly number[];
  readonly sparsity: Sparsity;
  readonly sizes: readonly number[];
  malformed(what: string): ModelError;
}

/** Walks the levels depth first; the stored elements come in that order. */
function fill(stored: Tensor, { shape, sparsity, sizes, malformed }: Fill): Tensor {
  const source = stored.data as Float32Array;
  const target = new (source.constructor as Float32ArrayConstructor)(product(shape));
  const { levels } = sparsity;
  const index = levels.map(() => 0);
  let next = 0;
  const visit = (depth: number, position: number): void => {
    const level = levels[depth];
    if (!level) {
      if (next >= source.length)
        throw malformed(`must have more elements than the ${source.length} that it stores`);
      target[flatIndex(index, shape, { ...sparsity, sizes })] = source[next++]!;
      return;
    }
    const size = sizes[depth]!;
    const from = level.segments ? level.segments[position] : 0;
    const to = level.segments ? level.segments[position + 1] : size;
    if (
      from === undefined ||
      to === undefined ||
      from < 0 ||
      to > (level.segments ? level.indices.length : size)
    )
      throw malformed('has segments out of range');
    for (let i = from; i < to; i++) {
      const at = level.segments ? level.indices[i]! : i;
      if (at < 0 || at >= size) throw malformed(`must have indices below ${size}, has ${at}`);
      index[depth] = at;
      visit(depth + 1, level.segments ? i : position * size + i);
    }
  };
  visit(0, 0);
  return Tensor.of(stored.dtype, target, shape);
}

function flatIndex(
  index: readonly number[],
  shape: readonly number[],
  { order, blocks, sizes }: Pick<Sparsity, 'order' | 'blocks'> & { sizes: readonly number[] },
): number {
  const at = shape.map(() => 0);
  order.forEach((axis, i) => {
    const own = axis < shape.length ? axis : blocks[axis - shape.length]!;
    at[own] = axis < shape.length ? index[i]! : at[own]! * sizes[i]! + index[i]!;
  });
  return at.reduce((flat, position, axis) => flat * shape[axis]! + position, 0);
}
