import { UsageError } from '../../errors.ts';
import type { ObserverFactory } from '../observer.ts';
import { largest, smallest } from '../sample-extremes.ts';
import { extremesObserver } from './extremes-observer.ts';

export interface MovingAverageOptions {
  /** How far each batch moves the average towards itself, above 0 to 1. Default 0.01. */
  readonly momentum?: number;
}

/**
 * The exponential moving average of the batches' extremes, from those of the first batch on: m += c (new - m). The
 * order and size of batches matter; what the first batches hold weighs most unless there are several times 1 / c.
 * Throws UsageError for a momentum that is none. Source: Jacob et al. 2018 (arXiv 1712.05877), section 3.1; PyTorch's
 * MovingAverageMinMaxObserver.
 */
export function movingAverage({ momentum = 0.01 }: MovingAverageOptions = {}): ObserverFactory {
  if (!(momentum > 0 && momentum <= 1))
    throw new UsageError(`The momentum of a moving average must be above 0 and at most 1, was ${momentum}`);
  const move = (old: number | undefined, now: number) =>
    old === undefined ? now : old + momentum * (now - old);
  return extremesObserver({
    kind: 'moving-average',
    fold: (totals, { min, max }) => [move(totals?.[0], smallest(min)), move(totals?.[1], largest(max))],
    range: ([min, max]) => ({ min: min!, max: max! }),
  });
}
