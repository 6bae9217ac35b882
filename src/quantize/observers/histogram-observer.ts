import { Histogram } from '../histogram.ts';
import { type ObserverFactory, type Range, seenRange, stateOf } from '../observer.ts';

/** Observers that decide from a histogram, made in one pass. A value that is always 0 has the range 0 to 0. */
export function histogramObserver(kind: string, decide: (histogram: Histogram) => Range): ObserverFactory {
  return (name, saved) => {
    const histogram = new Histogram(name, stateOf(name, kind, saved));
    return {
      observe: (data) => histogram.add(data),
      range() {
        const full = seenRange(name, histogram);
        return histogram.width === 0 ? full : decide(histogram);
      },
      save: () => ({ kind, ...histogram.save() }),
    };
  };
}
