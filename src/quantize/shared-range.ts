import type { Value } from '../ir/index.ts';
import type { Range } from './observer.ts';
import type { QuantizationPlan } from './plan.ts';

/** All values whose ranges the plan needs, each once. */
export const observedValues = (plan: QuantizationPlan): Set<Value> =>
  new Set([...plan.observed.values()].flat());

/** The range of all values that share the scale of `root`. `ranges` are by name. */
export function sharedRange(root: Value, plan: QuantizationPlan, ranges: ReadonlyMap<string, Range>): Range {
  const all = plan.observed.get(root)!.map(({ name }) => ranges.get(name)!);
  return {
    min: Math.min(...all.map(({ min }) => min)),
    max: Math.max(...all.map(({ max }) => max)),
  };
}
