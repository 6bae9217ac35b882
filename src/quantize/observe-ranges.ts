import type { Model, Tensor } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { type CalibrateOptions, type Calibration, calibrate } from './calibrate.ts';
import type { ObserverFactory, Range } from './observer.ts';
import type { QuantizationPlan } from './plan.ts';
import { observedValues } from './shared-range.ts';

/** The ranges of all that a plan observes, by name: of constants from their numbers, of the others on calibration data. */
export async function observeRanges(
  float: Model,
  plan: QuantizationPlan,
  options: CalibrateOptions & { readonly calibration: Calibration },
): Promise<Map<string, Range>> {
  const ranges = new Map<string, Range>();
  const names: string[] = [];
  for (const root of observedValues(plan)) {
    const tensor = constantOf(root);
    if (tensor) ranges.set(root.name, rangeOf(root.name, tensor, options.observer));
    else names.push(root.name);
  }
  for (const [name, range] of await calibrate(float, names, options)) ranges.set(name, range);
  return ranges;
}

function rangeOf(name: string, tensor: Tensor, observer: ObserverFactory): Range {
  const one = observer(name);
  one.observe(tensor.data as Float32Array);
  return one.range();
}
