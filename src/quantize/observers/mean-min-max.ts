import type { ObserverFactory } from '../observer.ts';
import { extremesObserver } from './extremes-observer.ts';

/**
 * The mean over samples of each one's smallest number, and of its largest: one outlier moves it by 1/n. It does not
 * matter how samples are put into batches, up to float64 rounding. Source: NNCF's `MEAN_MINMAX`, its default for activations.
 */
export const meanMinMax: ObserverFactory = extremesObserver({
  kind: 'mean-min-max',
  fold: (totals, { min, max }) => {
    let [low = 0, high = 0, count = 0] = totals ?? [];
    for (let i = 0; i < min.length; i++) {
      low += min[i]!;
      high += max[i]!;
      count++;
    }
    return [low, high, count];
  },
  range: ([low, high, count]) => ({ min: low! / count!, max: high! / count! }),
});
