import { UsageError } from '../../errors.ts';
import type { ObserverFactory } from '../observer.ts';
import { entropyRange } from './entropy.ts';
import { meanMinMax } from './mean-min-max.ts';
import { minMax } from './min-max.ts';
import { type MovingAverageOptions, movingAverage } from './moving-average.ts';
import { type ClippingOptions, mseRange } from './mse.ts';
import { type PercentileOptions, percentileRange } from './percentile.ts';

export type { ClippingOptions, MovingAverageOptions, PercentileOptions };
export { entropyRange, meanMinMax, minMax, movingAverage, mseRange, percentileRange };

/** What the methods can be told; each reads what concerns it. */
export interface ObserverOptions extends ClippingOptions, MovingAverageOptions, PercentileOptions {}

/** A way to find an activation's range on calibration data. */
export interface CalibrationMethod {
  readonly name: string;
  readonly summary: string;
  /** Throws UsageError for an option that is out of its bounds. */
  observer(options?: ObserverOptions): ObserverFactory;
}

export const calibrationMethods: readonly CalibrationMethod[] = [
  { name: 'min-max', summary: 'all that was seen: nothing is clipped', observer: () => minMax },
  {
    name: 'moving-average',
    summary: 'moving average of the extremes of batches, by 0.01 each',
    observer: movingAverage,
  },
  {
    name: 'mean-min-max',
    summary: "mean of the samples' extremes: one outlier hardly counts",
    observer: () => meanMinMax,
  },
  {
    name: 'percentile',
    summary: 'all but the outermost numbers: by default 99.999 % are kept',
    observer: percentileRange,
  },
  {
    name: 'entropy',
    summary: 'least loss of information (KL divergence), which clips rare outliers',
    observer: entropyRange,
  },
  {
    name: 'mse',
    summary: 'least squared error of rounding and, three times, of clipping',
    observer: mseRange,
  },
];

/** The observers of a method, by its name. Throws UsageError for an unknown name or an option out of bounds. */
export function observerOf(name: string, options: ObserverOptions = {}): ObserverFactory {
  const method = calibrationMethods.find((method) => method.name === name);
  if (method) return method.observer(options);
  throw UsageError.unknown(
    'calibration method',
    name,
    calibrationMethods.map(({ name }) => name),
  );
}
