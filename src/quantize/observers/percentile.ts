import { UsageError } from '../../errors.ts';
import type { ObserverFactory } from '../observer.ts';
import { quantileOf, sizeQuantileOf } from '../quantile.ts';
import { histogramObserver } from './histogram-observer.ts';

export interface PercentileOptions {
  /** Percent of the numbers that the range keeps, above 50 to 100. Default 99.999. */
  readonly percentile?: number;
  /** A range -t to t for the percentile t of the sizes |x|. Default false. */
  readonly symmetric?: boolean;
}

/**
 * The range that all but the outermost numbers lie in. Half of what is cut is cut at each end; data that are nowhere
 * negative, as after a Relu, are cut at the upper end only, data that are nowhere positive at the lower one.
 * Throws UsageError for a percentile that is none. Source: Wu et al. 2020 (arXiv 2004.09602), section 3.
 */
export function percentileRange({
  percentile = 99.999,
  symmetric = false,
}: PercentileOptions = {}): ObserverFactory {
  if (!(percentile > 50 && percentile <= 100))
    throw new UsageError(`The percentile must be above 50 and at most 100, was ${percentile}`);
  const kept = percentile / 100;
  return histogramObserver('percentile', (histogram) => {
    if (symmetric) {
      const size = sizeQuantileOf(histogram, kept);
      return { min: -size, max: size };
    }
    const { min, max } = histogram;
    if (min >= 0) return { min, max: quantileOf(histogram, kept) };
    if (max <= 0) return { min: quantileOf(histogram, 1 - kept), max };
    const cut = (1 - kept) / 2;
    return { min: quantileOf(histogram, cut), max: quantileOf(histogram, 1 - cut) };
  });
}
