/** `rows` vectors against `columns` vectors of `depth` elements each; depth is even, filled up with zeros. */
export interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** Sums of products [rows, columns] of a [rows, depth] and b [columns, depth], whose elements have 8 bits. */
export type Multiply = (a: Int16Array, b: Int16Array, shape: ProductShape) => Int32Array;

/** Exact 32-bit sums, as VNNI (`vpdpbusd`), ARM's dot product and plain C give. */
export const multiplyExact: Multiply = (a, b, { rows, columns, depth }) => {
  const out = new Int32Array(rows * columns);
  // Four columns at once: an element of a is loaded once for them.
  const blocked = columns - (columns % 4);
  for (let row = 0; row < rows; row++) {
    const start = row * depth;
    for (let column = 0; column < blocked; column += 4) {
      const b0 = column * depth;
      const [b1, b2, b3] = [b0 + depth, b0 + 2 * depth, b0 + 3 * depth];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < depth; k++) {
        const x = a[start + k]!;
        s0 = (s0 + Math.imul(x, b[b0 + k]!)) | 0;
        s1 = (s1 + Math.imul(x, b[b1 + k]!)) | 0;
        s2 = (s2 + Math.imul(x, b[b2 + k]!)) | 0;
        s3 = (s3 + Math.imul(x, b[b3 + k]!)) | 0;
      }
      const to = row * columns + column;
      out[to] = s0;
      out[to + 1] = s1;
      out[to + 2] = s2;
      out[to + 3] = s3;
    }
    for (let column = blocked; column < columns; column++)
      out[row * columns + column] = dot(a, start, { b, from: column * depth, depth });
  }
  return out;
};

interface Vector {
  readonly b: Int16Array;
  readonly from: number;
  readonly depth: number;
}

function dot(a: Int16Array, start: number, { b, from, depth }: Vector): number {
  let sum = 0;
  for (let k = 0; k < depth; k++) sum = (sum + Math.imul(a[start + k]!, b[from + k]!)) | 0;
  return sum;
}

/**
 * `vpmaddubsw`: products of two neighbours along the depth are added in 16 bits that saturate; the pairs then in 32 bits.
 * What x86 without VNNI does with unsigned activations and signed weights.
 */
export const multiplySaturating: Multiply = (a, b, { rows, columns, depth }) => {
  const out = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = row * depth;
    for (let column = 0; column < columns; column++) {
      const from = column * depth;
      let sum = 0;
      for (let k = 0; k < depth; k += 2) {
        const pair =
          (Math.imul(a[start + k]!, b[from + k]!) + Math.imul(a[start + k + 1]!, b[from + k + 1]!)) | 0;
        sum = (sum + (pair > 32767 ? 32767 : pair < -32768 ? -32768 : pair)) | 0;
      }
      out[row * columns + column] = sum;
    }
  }
  return out;
};

/** How many pairs of `multiplySaturating` saturate, for each column. */
export function countSaturated(
  a: Int16Array,
  b: Int16Array,
  { rows, columns, depth }: ProductShape,
): Uint32Array {
  const counts = new Uint32Array(columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [start, from] = [row * depth, column * depth];
      for (let k = 0; k < depth; k += 2) {
        const pair =
          (Math.imul(a[start + k]!, b[from + k]!) + Math.imul(a[start + k + 1]!, b[from + k + 1]!)) | 0;
        if (pair > 32767 || pair < -32768) counts[column]!++;
      }
    }
  return counts;
}
