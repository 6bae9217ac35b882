import { type ObserverFactory, type Range, type SampleExtremes, seenRange, stateOf } from '../observer.ts';
import { extremesOf } from '../sample-extremes.ts';

/** A few numbers that change with every batch, and the range that they stand for. */
export interface ExtremesRule {
  readonly kind: string;
  /** Takes a batch of at least one sample into `totals`, which begin as null. */
  fold(totals: readonly number[] | null, extremes: SampleExtremes): number[];
  range(totals: readonly number[]): Range;
}

/** Observers that look at nothing but the extremes of samples, so that the tensors need not leave the runtime. */
export function extremesObserver({ kind, fold, range }: ExtremesRule): ObserverFactory {
  return (name, saved) => {
    let totals = (stateOf(name, kind, saved)?.totals ?? null) as readonly number[] | null;
    const observeExtremes = (extremes: SampleExtremes) => {
      if (extremes.min.length > 0) totals = fold(totals, extremes);
    };
    return {
      observe: (data, samples = 1) => observeExtremes(extremesOf(name, data, samples)),
      observeExtremes,
      range: () => seenRange(name, totals ? range(totals) : { min: Infinity, max: -Infinity }),
      save: () => ({ kind, totals }),
    };
  };
}
