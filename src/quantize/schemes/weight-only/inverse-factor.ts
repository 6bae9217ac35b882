import { setImmediate as turn } from 'node:timers/promises';
import { ModelError } from '../../../errors.ts';

/** A square matrix, row by row. */
export interface SquareMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

/**
 * The upper triangular U with H^-1 = U^T U of a symmetric matrix H. With H = R R^T, R upper triangular (Cholesky's
 * method from the last row on), U is R^-1: H is never inverted as a whole. Throws ModelError if H is not positive definite.
 */
export async function inverseFactor(matrix: SquareMatrix, signal?: AbortSignal): Promise<Float64Array> {
  const { size } = matrix;
  const upper = await reverseCholesky(matrix, signal);
  const inverse = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    inverse[i * size + i] = 1;
    for (let k = i + 1; k < size; k++)
      addRow(inverse, { size, to: i, from: k, factor: -upper[i * size + k]! });
    const diagonal = upper[i * size + i]!;
    for (let j = i; j < size; j++) inverse[i * size + j]! /= diagonal;
    await pause(i, size, signal);
  }
  return inverse;
}

async function reverseCholesky({ size, values }: SquareMatrix, signal?: AbortSignal): Promise<Float64Array> {
  const upper = new Float64Array(size * size);
  for (let j = size - 1; j >= 0; j--) {
    const own = upper.subarray(j * size, (j + 1) * size);
    for (let i = 0; i <= j; i++) {
      const row = upper.subarray(i * size, (i + 1) * size);
      let rest = values[i * size + j]!;
      for (let k = j + 1; k < size; k++) rest -= row[k]! * own[k]!;
      if (i < j) row[j] = rest;
      else if (rest > 0) row[j] = Math.sqrt(rest);
      else
        throw new ModelError(
          'The Hessian must be positive definite, is not: calibrate with finite data, or raise the damping',
        );
    }
    for (let i = 0; i < j; i++) upper[i * size + j]! /= own[j]!;
    await pause(j, size, signal);
  }
  return upper;
}

interface RowSum {
  readonly size: number;
  readonly to: number;
  readonly from: number;
  readonly factor: number;
}

/** Row `to` += factor * row `from`, right of the latter's diagonal. */
function addRow(values: Float64Array, { size, to, from, factor }: RowSum): void {
  if (factor === 0) return;
  const target = values.subarray(to * size, (to + 1) * size);
  const source = values.subarray(from * size, (from + 1) * size);
  for (let j = from; j < size; j++) target[j]! += factor * source[j]!;
}

/** About every 2^24 steps. */
async function pause(row: number, size: number, signal?: AbortSignal): Promise<void> {
  if (row % Math.max(1, Math.floor(2 ** 24 / size ** 2)) !== 0) return;
  await turn();
  signal?.throwIfAborted();
}
