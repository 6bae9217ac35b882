/** What a list of measured numbers comes to, in the numbers' own unit. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (divided by count - 1); 0 for one number. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** Summary of at least one number. */
export function summarize(samples: ArrayLike<number>): Summary {
  const sorted = Float64Array.from(samples).sort();
  const count = sorted.length;
  const mean = sorted.reduce((a, b) => a + b, 0) / count;
  const squares = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return {
    count,
    mean,
    std: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min: sorted[0]!,
    max: sorted[count - 1]!,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
  };
}

/** The value below which `percent` of `sorted` lie, interpolated linearly as numpy's default does (Hyndman-Fan type 7). */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}
