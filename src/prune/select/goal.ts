import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';

/** Tells how long one run of a model takes where it will run, in ms. */
export type Measure = (model: Model) => Promise<number>;

/** How much is to go: one of the three. */
export interface Goal {
  /** Share of the channels of all groups that may be pruned, in (0, 1): that many go, or as few less as rounding allows. */
  readonly sparsity?: number;
  /** Share of the multiply-accumulates that stay, in (0, 1): as much goes as is needed to come to it or just below. */
  readonly macs?: number;
  /** As much goes as is needed for one run to be measured within `limit` ms. */
  readonly latency?: { readonly limit: number; readonly measure: Measure };
}

/** Throws UsageError unless exactly one is given, in its range. */
export function checkGoal({ sparsity, macs, latency }: Goal): void {
  const given = Object.entries({ sparsity, macs, latency }).filter(([, value]) => value !== undefined);
  if (given.length !== 1)
    throw new UsageError(
      `How much to prune must be said by one of 'sparsity', 'macs' and 'latency', was said by ${given.map(([name]) => `'${name}'`).join(' and ') || 'none'}`,
    );
  checkShare('sparsity', sparsity, 'the share of channels that go');
  checkShare('macs', macs, 'the share of multiply-accumulates that stay');
  if (latency && !(latency.limit > 0))
    throw new UsageError(`'latency' must be a number of ms above 0, was ${latency.limit}`);
}

function checkShare(name: string, value: number | undefined, meaning: string): void {
  if (value === undefined || (value > 0 && value < 1)) return;
  throw new UsageError(`'${name}' is ${meaning}: it must be above 0 and below 1, was ${value}`);
}
