import { notFinite, type ObserverFactory } from '../observer.ts';

/** The smallest and the largest number ever seen. Exact, and at the mercy of outliers. */
export const minMax: ObserverFactory = (name) => {
  let min = Infinity;
  let max = -Infinity;
  return {
    observe(data) {
      for (const number of data) {
        if (number < min) min = number;
        if (number > max) max = number;
        // Comparisons are false for NaN: this is the one place that sees it.
        if (!Number.isFinite(number)) throw notFinite(name, number);
      }
    },
    range: () => ({ min, max }),
  };
};
