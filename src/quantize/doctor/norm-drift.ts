import type { NormMatch } from './batch-statistics.ts';

/** How far what reaches a BatchNormalization is from what it was in training. */
export interface NormDrift {
  readonly node: string;
  /** Median over channels of how far the mean moved, in deviations of training, beyond two standard errors. */
  readonly shift: number;
  /** Median over channels of deviation now / deviation in training. */
  readonly spread: number;
  /** Channels that varied in training. */
  readonly alive: number;
  /** Those of them that are constant now. */
  readonly dead: number;
}

/** Of what it was in training: below this a channel does not vary any more. */
const deadSpread = 0.01;
/** Of the median variance of the channels: one that had less was dead in training already. */
const aliveVariance = 0.01;

export function normDrift({ node, channels }: NormMatch): NormDrift {
  const middle = median(channels.map(({ trainedVariance }) => trainedVariance));
  const alive = channels.filter(({ trainedVariance }) => trainedVariance > aliveVariance * middle);
  const spreads = alive.map(({ deviation, trainedDeviation }) => deviation / trainedDeviation);
  const shifts = alive.map(
    ({ mean, trainedMean, trainedDeviation, error }) =>
      Math.max(0, Math.abs(mean - trainedMean) - 2 * error) / trainedDeviation,
  );
  return {
    node,
    shift: median(shifts),
    spread: median(spreads),
    alive: alive.length,
    dead: spreads.filter((spread) => spread < deadSpread).length,
  };
}

/** The upper of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
