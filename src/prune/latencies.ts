import type { Model } from '../ir/index.ts';
import type { Latencies } from './footprint-table.ts';
import type { Measure } from './select/index.ts';

/** How often both models are measured. */
const turns = 5;

/**
 * Measures two models in turns, so that a machine that slows down slows both; the medians of the turns. `where` says what
 * was measured on, for the report.
 */
export async function measuredLatencies(
  measure: Measure,
  models: { readonly before: Model; readonly after: Model },
  where: string,
): Promise<Latencies> {
  const [before, after]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    before.push(await measure(models.before));
    after.push(await measure(models.after));
  }
  return { before: middle(before), after: middle(after), where };
}

const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[(turns - 1) / 2]!;
