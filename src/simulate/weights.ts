import { type Node, product } from '../ir/index.ts';
import type { ProductShape } from './multiply.ts';
import { type Bytes, constantInput } from './quantization.ts';

/** The constant side of products: vectors of one depth, each with what its sums need added. */
export interface Columns {
  /** [columns, depth], filled up with zeros. */
  readonly data: Int16Array;
  readonly columns: number;
  /** Elements of a vector, and the even number of them that is stored. */
  readonly width: number;
  readonly depth: number;
  /** The sum of each vector. */
  readonly sums: Int32Array;
  /** Undefined: all are 0. */
  readonly zeroPoints: Int32Array | undefined;
}

export const evenDepth = (width: number): number => width + (width % 2);

/** Columns whose element `k` of vector `n` lies at `at(n, k)`. */
export function packColumns(
  data: Bytes,
  { columns, width }: { readonly columns: number; readonly width: number },
  at: (n: number, k: number) => number,
): Columns {
  const depth = evenDepth(width);
  const packed = new Int16Array(columns * depth);
  const sums = new Int32Array(columns);
  for (let n = 0; n < columns; n++)
    for (let k = 0; k < width; k++) {
      const x = data[at(n, k)]!;
      packed[n * depth + k] = x;
      sums[n] = sums[n]! + x;
    }
  return { data: packed, columns, width, depth, sums, zeroPoints: undefined };
}

/** The zero points that a constant input holds, one a column; undefined if all are 0 or it is left out. */
export function zeroPointsOf(node: Node, index: number, columns: number): Int32Array | undefined {
  if (!node.inputs[index]) return undefined;
  const { data, size } = constantInput(node, index);
  if (size !== 1 && size !== columns)
    throw node.error(`input ${index} must have 1 or ${columns} zero points, has ${size}`);
  const all = Int32Array.from({ length: columns }, (_, n) => Number(data[size === 1 ? 0 : n]));
  return all.some((zeroPoint) => zeroPoint !== 0) ? all : undefined;
}

/** What each column adds to its sums besides the products: bias, and what the zero points leave. */
export function offsetsOf(columns: Columns, zeroPoint: number, bias: Int32Array | undefined): Int32Array {
  const { sums, width, zeroPoints } = columns;
  return sums.map((sum, n) => {
    const corner = Math.imul(Math.imul(width, zeroPoint), zeroPoints?.[n] ?? 0);
    return ((bias?.[n] ?? 0) - Math.imul(zeroPoint, sum) + corner) | 0;
  });
}

/** Adds to sums [rows, columns] of raw products what makes them those of the real integers. */
export function correctSums(
  sums: Int32Array,
  a: Int16Array,
  { columns, offsets }: { readonly columns: Columns; readonly offsets: Int32Array },
): void {
  const { columns: count, depth, zeroPoints } = columns;
  const rows = sums.length / count;
  for (let row = 0; row < rows; row++) {
    const rowSum = zeroPoints ? sumOf(a, row * depth, depth) : 0;
    for (let n = 0; n < count; n++) {
      const at = row * count + n;
      sums[at] = sums[at]! + offsets[n]! - (zeroPoints ? Math.imul(zeroPoints[n]!, rowSum) : 0);
    }
  }
}

function sumOf(a: Int16Array, start: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += a[start + k]!;
  return sum;
}

export const shapeOf = ({ columns, depth }: Columns, rows: number): ProductShape => ({
  rows,
  columns,
  depth,
});

/** The int32 bias that a constant input holds; undefined if it is left out. Throws ModelError for another type or length. */
export function biasOf(node: Node, index: number, length: number): Int32Array | undefined {
  if (!node.inputs[index]) return undefined;
  const tensor = constantInput(node, index);
  if (tensor.dtype === 'int32' && product(tensor.shape) === length) return tensor.data as Int32Array;
  throw node.error(
    `input ${index} must be int32 with ${length} elements, is ${tensor.dtype} with ${tensor.size}`,
  );
}
