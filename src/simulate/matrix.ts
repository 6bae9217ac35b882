import { type Node, product, type Tensor } from '../ir/index.ts';
import type { Multiply } from './multiply.ts';
import { type Bytes, bytesOf } from './quantization.ts';
import { type Columns, correctSums, evenDepth, offsetsOf, packColumns, shapeOf } from './weights.ts';

/** Rows [rows, width] as 16-bit integers of even depth; of a [width, rows] matrix if `transposed`. */
export function packRows(
  data: Bytes,
  { rows, width, transposed = false }: { rows: number; width: number; transposed?: boolean },
): Int16Array {
  const depth = evenDepth(width);
  const packed = new Int16Array(rows * depth);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < width; k++)
      packed[row * depth + k] = data[transposed ? k * rows + row : row * width + k]!;
  return packed;
}

/** Columns of a matrix [width, columns]; of a [columns, width] one if `transposed`. */
export const packMatrix = (
  data: Bytes,
  { columns, width, transposed = false }: { columns: number; width: number; transposed?: boolean },
): Columns => packColumns(data, { columns, width }, (n, k) => (transposed ? n * width + k : k * columns + n));

/** Sums [rows, columns] of a product of matrices with zero points and bias. */
export function matrixSums(
  rows: Int16Array,
  columns: Columns,
  { zeroPoint, multiply, bias }: { zeroPoint: number; multiply: Multiply; bias?: Int32Array | undefined },
): Int32Array {
  const sums = multiply(rows, columns.data, shapeOf(columns, rows.length / columns.depth));
  correctSums(sums, rows, { columns, offsets: offsetsOf(columns, zeroPoint, bias) });
  return sums;
}

/** The matrices that MatMul multiplies. */
export interface MatMulShape {
  readonly output: readonly number[];
  readonly rows: number;
  readonly width: number;
  readonly columns: number;
  /** For each product: which matrix of a, and which of b. */
  readonly pairs: readonly (readonly [a: number, b: number])[];
}

/** How MatMul of two tensors goes, as numpy.matmul. Throws ModelError if their shapes do not fit. */
export function matMulShape(node: Node, a: Tensor, b: Tensor): MatMulShape {
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [rows, width, columns] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  if (right.at(-2) !== width)
    throw node.error(`inputs must have a common inner size, are [${a.shape}] and [${b.shape}]`);
  const [outerA, outerB] = [left.slice(0, -2), right.slice(0, -2)];
  const rank = Math.max(outerA.length, outerB.length);
  const dim = (outer: readonly number[], i: number) => outer[i - rank + outer.length] ?? 1;
  const outer = Array.from({ length: rank }, (_, i) => Math.max(dim(outerA, i), dim(outerB, i)));
  const indexIn = (own: readonly number[], at: readonly number[]) =>
    at.reduce((index, x, i) => (dim(own, i) === 1 ? index : index * dim(own, i) + x), 0);
  const pairs = Array.from({ length: product(outer) }, (_, n) => {
    const at: number[] = [];
    for (let i = rank - 1, rest = n; i >= 0; i--) {
      at.unshift(rest % outer[i]!);
      rest = Math.floor(rest / outer[i]!);
    }
    return [indexIn(outerA, at), indexIn(outerB, at)] as const;
  });
  const output = [
    ...outer,
    ...(a.shape.length === 1 ? [] : [rows]),
    ...(b.shape.length === 1 ? [] : [columns]),
  ];
  return { output, rows, width, columns, pairs };
}

/** Sums of all products, [pair][rows, columns]. */
export interface MatMulSums {
  readonly shape: MatMulShape;
  readonly sums: readonly Int32Array[];
}

/** Sums of every product of two tensors; `zeroPoint` is that of `a`. A constant `b` of one matrix is packed once. */
export function matMul(
  node: Node,
  {
    multiply,
    zeroPoints,
  }: {
    multiply: Multiply;
    zeroPoints: (columns: number) => Int32Array | undefined;
  },
): (a: Tensor, b: Tensor, zeroPoint: number) => MatMulSums {
  let packed: { readonly tensor: Tensor; readonly matrices: readonly Columns[] } | undefined;
  const pack = (b: Tensor, { width, columns }: MatMulShape): readonly Columns[] => {
    if (packed?.tensor === b) return packed.matrices;
    const size = width * columns;
    const own = zeroPoints(columns);
    const matrices = Array.from({ length: product(b.shape) / size }, (_, i) => ({
      ...packMatrix(bytesOf(b).subarray(i * size, (i + 1) * size), { columns, width }),
      zeroPoints: own,
    }));
    packed = { tensor: b, matrices };
    return matrices;
  };
  return (a, b, zeroPoint) => {
    const shape = matMulShape(node, a, b);
    const { rows, width } = shape;
    const matrices = pack(b, shape);
    const sums = shape.pairs.map(([i, j]) => {
      const left = bytesOf(a).subarray(i * rows * width, (i + 1) * rows * width);
      return matrixSums(packRows(left, { rows, width }), matrices[j]!, { zeroPoint, multiply });
    });
    return { shape, sums };
  };
}
