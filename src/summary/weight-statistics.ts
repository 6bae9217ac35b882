/** What the numbers of a weight tell at a glance. */
export interface WeightStatistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the population. */
  readonly std: number;
  /** Part of the numbers that are exactly 0. */
  readonly sparsity: number;
  /** Numbers that are NaN or infinite; they are in none of the others. */
  readonly notFinite: number;
}

/** In double precision and two passes. Of no finite number all but the counts are NaN. */
export function weightStatistics(values: Float32Array): WeightStatistics {
  let [min, max, sum, zeros, finite] = [Infinity, -Infinity, 0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const { length: count } = values;
  const notFinite = count - finite;
  if (finite === 0) return { count, min: NaN, max: NaN, mean: NaN, std: NaN, sparsity: NaN, notFinite };
  const mean = sum / finite;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  return { count, min, max, mean, std: Math.sqrt(squares / finite), sparsity: zeros / count, notFinite };
}
