import { rangeOf, spanOf } from './convergence.ts';
import type { SampleRanges } from './sample-ranges.ts';

/** One end of a value's range: which samples come within the tolerance of it, and the one that sets it. */
interface End {
  readonly reached: readonly number[];
  readonly setBy: number;
}

/** Ends that a range has besides 0, which it has anyway. */
function endsOf(value: SampleRanges, tolerance: number): End[] {
  const { min, max } = rangeOf(value);
  const slack = tolerance * spanOf({ min, max });
  const end = (numbers: Float32Array, extreme: number): End => ({
    reached: Array.from(numbers.keys()).filter((i) => Math.abs(numbers[i]! - extreme) <= slack),
    setBy: numbers.indexOf(extreme),
  });
  return [...(min < -slack ? [end(value.min, min)] : []), ...(max > slack ? [end(value.max, max)] : [])];
}

/** After how many samples, in their order, the value's range stays within the tolerance of the final one. */
export const enoughInOrder = (value: SampleRanges, tolerance: number): number =>
  Math.max(1, ...endsOf(value, tolerance).map(({ reached }) => reached[0]! + 1));

/**
 * Few samples whose min-max ranges are within `tolerance` (a part of the width, at each end) of those of all, for every
 * value: greedily the one that reaches most ends that none before does. Indices in order.
 */
export function sufficientSubset(values: readonly SampleRanges[], tolerance: number): number[] {
  const samples = values[0]?.min.length ?? 0;
  const ends = values.flatMap((value) => endsOf(value, tolerance));
  const reaches: number[][] = Array.from({ length: samples }, () => []);
  for (const [e, { reached }] of ends.entries()) for (const sample of reached) reaches[sample]!.push(e);
  const open = new Set(ends.keys());
  const chosen: number[] = [];
  while (open.size > 0) {
    let best = { sample: -1, count: 0 };
    for (const [sample, list] of reaches.entries()) {
      const count = list.reduce((sum, e) => sum + (open.has(e) ? 1 : 0), 0);
      if (count > best.count) best = { sample, count };
    }
    chosen.push(best.sample);
    for (const e of reaches[best.sample]!) open.delete(e);
  }
  return chosen.length > 0 ? chosen.sort((a, b) => a - b) : samples > 0 ? [0] : [];
}

/** How many ends of ranges each sample sets; samples that set none are left out. Most first. */
export function extremeSetters(
  values: readonly SampleRanges[],
): { readonly sample: number; readonly ends: number }[] {
  const counts = new Map<number, number>();
  for (const value of values)
    for (const { setBy } of endsOf(value, 0)) counts.set(setBy, (counts.get(setBy) ?? 0) + 1);
  return [...counts]
    .map(([sample, ends]) => ({ sample, ends }))
    .sort((a, b) => b.ends - a.ends || a.sample - b.sample);
}
