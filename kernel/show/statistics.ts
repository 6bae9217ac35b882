export interface Statistics {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly deviation: number;
  /** Elements that are not finite: they are in none of the figures. */
  readonly notFinite: number;
}

/** Minimum, mean, maximum and standard deviation (of the whole, not of a sample) of the finite elements. */
export function statistics(values: Iterable<number | bigint>): Statistics {
  let count = 0;
  let notFinite = 0;
  let min = Infinity;
  let max = -Infinity;
  let mean = 0;
  let squares = 0;
  for (const element of values) {
    const value = Number(element);
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
    // Welford: the sum of many squares would lose digits.
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  if (count === 0) return { min: NaN, mean: NaN, max: NaN, deviation: NaN, notFinite };
  return { min, mean, max, deviation: Math.sqrt(squares / count), notFinite };
}

/** At most six significant digits. */
export function shortNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** The first elements in brackets: `[1, 2, 3, ... 997 more]`. */
export function firstElements(values: ArrayLike<number | bigint>, shown = 10): string {
  const first = Array.from({ length: Math.min(shown, values.length) }, (_, i) => shortNumber(values[i]!));
  const more = values.length - first.length;
  if (more > 0) first.push(`... ${more.toLocaleString('en-US')} more`);
  return `[${first.join(', ')}]`;
}
