/** An estimate and its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of a two-sided interval of 95 %. */
const z = 1.959964;

/** A share of `count` trials with Wilson's interval, which is right for few trials and shares near 0 or 1 (Wilson 1927). */
export function wilson(share: number, count: number): Estimate {
  const weight = z ** 2 / count;
  const center = (share + weight / 2) / (1 + weight);
  const half = (z * Math.sqrt((share * (1 - share)) / count + weight / (4 * count))) / (1 + weight);
  return { value: share, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/**
 * Mean of paired differences with its interval, by the normal approximation. Of what both get right or both get wrong
 * nothing is learnt, so that it is far narrower than the difference of two shares.
 */
export function meanDifference(differences: ArrayLike<number>): Estimate {
  const count = differences.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    sum += differences[i]!;
    squares += differences[i]! ** 2;
  }
  const value = sum / count;
  const half = z * Math.sqrt(Math.max(squares / count - value ** 2, 0) / count);
  return { value, low: value - half, high: value + half };
}
