import { rangeOf, spanOf } from '../convergence.ts';
import type { Check } from '../evidence.ts';
import { median } from '../norm-drift.ts';
import type { SampleRanges } from '../sample-ranges.ts';

/** Of a range's width: what one sample may add. */
const stretch = 0.2;
/** Of the values: so many may get it from the same sample. */
const stretchedShare = 0.25;
/** In fewer samples some always stand out. */
const leastSamples = 16;

/** One sample without which the ranges of a quarter of the values would be a fifth narrower. */
export const outlierSample: Check = {
  name: 'outlier-sample',
  summary: 'a single sample that stretches many ranges',
  find({ samples, values }) {
    if (samples < leastSamples) return undefined;
    const bySample = new Map<number, number[]>();
    for (const value of values) {
      for (const [sample, part] of addedBy(value))
        if (part > stretch) bySample.set(sample, [...(bySample.get(sample) ?? []), part]);
    }
    const [worst] = [...bySample].sort(([, a], [, b]) => b.length - a.length);
    if (!worst || worst[1].length <= stretchedShare * values.length) return undefined;
    const [sample, parts] = worst;
    return `Sample ${sample} alone makes the ranges of ${parts.length} of ${values.length} values wider, by ${(100 * median(parts)).toFixed(0)} % of their width and more in half of them: see whether it belongs there, or clip with 'percentile' or 'mse'`;
  },
};

/** The part of a value's range that would be gone without the sample at an end of it. */
function addedBy(value: SampleRanges): Map<number, number> {
  const full = rangeOf(value);
  const width = spanOf(full) || 1;
  const added = new Map<number, number>();
  const sides = [
    { at: value.min.indexOf(full.min), others: (i: number) => value.min[i]! - full.min },
    { at: value.max.indexOf(full.max), others: (i: number) => full.max - value.max[i]! },
  ];
  for (const { at, others } of sides) {
    let gap = Infinity;
    for (let i = 0; i < value.min.length; i++) if (i !== at) gap = Math.min(gap, others(i));
    added.set(at, (added.get(at) ?? 0) + gap / width);
  }
  return added;
}
