import type { Estimate } from './confidence.ts';

/** A change over the whole time, as a fraction of the level at its beginning. */
export interface Drift extends Estimate {
  readonly verdict: string;
}

const z = 1.959964;
/** Fewer points than this have no interval worth the name. */
const fewest = 8;
/** A change below this does not matter to anybody. */
const notable = 0.01;

/**
 * Change of `values` over `times`, by least squares, with its 95 % interval. Neighbours in time are alike, so that the
 * error is widened by the residuals' first autocorrelation: points count as (1 - r) / (1 + r) each (Bartlett 1935).
 * Undefined for fewer than eight points.
 */
export function driftOf(times: readonly number[], values: readonly number[]): Drift | undefined {
  const count = times.length;
  if (count < fewest) return undefined;
  const [meanTime, meanValue] = [mean(times), mean(values)];
  const spread = sum(times.map((t) => (t - meanTime) ** 2));
  const slope = sum(times.map((t, i) => (t - meanTime) * (values[i]! - meanValue))) / spread;
  const residuals = values.map((v, i) => v - meanValue - slope * (times[i]! - meanTime));
  const squares = sum(residuals.map((r) => r * r));
  const r1 = squares > 0 ? sum(residuals.slice(1).map((r, i) => r * residuals[i]!)) / squares : 0;
  const r = Math.min(Math.max(r1, 0), 0.95);
  const inflation = (1 + r) / (1 - r);
  const freedom = Math.max(count / inflation - 2, 1);
  const error = Math.sqrt((squares / (count - 2) / spread) * inflation);
  const length = times.at(-1)! - times[0]!;
  const start = meanValue + slope * (times[0]! - meanTime);
  const [value, half] = [(slope * length) / start, (studentQuantile(freedom) * error * length) / start];
  const estimate = { value, low: value - half, high: value + half };
  return { ...estimate, verdict: verdictOf(estimate) };
}

function verdictOf({ value, low, high }: Estimate): string {
  const range = `${percent(value)} over the whole time (95 % interval ${percent(low)} to ${percent(high)})`;
  if (low > 0 && value >= notable) return `It gets slower: ${range}`;
  if (high < 0 && value <= -notable) return `It gets faster: ${range}`;
  if (low > -notable && high < notable) return `No drift of 1 % or more: ${range}`;
  if (low > 0 || high < 0) return `A drift below 1 %: ${range}`;
  return `No drift is seen, as far as the interval tells: ${range}`;
}

const percent = (fraction: number): string => `${fraction < 0 ? '' : '+'}${(100 * fraction).toFixed(2)} %`;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Two-sided 95 % quantile of Student's t, by its expansion around the normal one (Abramowitz and Stegun 26.7.5). */
function studentQuantile(freedom: number): number {
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((t, term, i) => t + term / freedom ** (i + 1), z);
}
