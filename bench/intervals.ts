/** Two-sided 95 % quantiles of Student's t for 1 to 9 degrees of freedom. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The mean of 2 to 10 values and half of its 95 % interval by Student's t. */
export function interval(values: readonly number[]): { mean: number; half: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const t = studentT[values.length - 2] ?? Number.NaN;
  return { mean, half: t * Math.sqrt(variance / values.length) };
}

export const percent = (share: number): string => (100 * share).toFixed(2);

/** Differences of shares in points, as `-0.12 +- 0.34`. */
export const points = (values: readonly number[]): string => {
  const { mean, half } = interval(values);
  return `${mean >= 0 ? '+' : ''}${percent(mean)} +- ${percent(half)}`;
};

/** What an interval says of a difference. */
export function verdict(values: readonly number[]): 'better' | 'worse' | 'not told apart' {
  const { mean, half } = interval(values);
  return mean - half > 0 ? 'better' : mean + half < 0 ? 'worse' : 'not told apart';
}
