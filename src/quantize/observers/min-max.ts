import type { ObserverFactory } from '../observer.ts';
import { largest, smallest } from '../sample-extremes.ts';
import { extremesObserver } from './extremes-observer.ts';

/** The smallest and the largest number ever seen. Exact, and at the mercy of outliers. */
export const minMax: ObserverFactory = extremesObserver({
  kind: 'min-max',
  fold: (totals, { min, max }) => [
    Math.min(totals?.[0] ?? Infinity, smallest(min)),
    Math.max(totals?.[1] ?? -Infinity, largest(max)),
  ],
  range: ([min, max]) => ({ min: min!, max: max! }),
});
