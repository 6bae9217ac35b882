import { RangeGrowth } from '../convergence.ts';
import type { Check } from '../evidence.ts';

/**
 * Part of the values that may still grow, as extremes of long tails do for ever: of the trained networks of the
 * quantization benchmark up to 46 % still did with 64 samples, up to 42 % with 300.
 */
const growingShare = { few: 0.25, many: 0.5 };
const few = 32;

/** Ranges that twice as many samples widen: for more than half of the values, a quarter where samples are few. */
export const tooFewSamples: Check = {
  name: 'too-few-samples',
  summary: 'ranges still grow with every sample',
  find({ samples, tolerance, values }) {
    if (samples < 2)
      return 'One sample cannot show whether the ranges are those of others too: calibrate with a hundred or more';
    const growth = values.map((value) => ({ name: value.name, part: new RangeGrowth(value).lastDoubling }));
    const growing = growth.filter(({ part }) => part > tolerance).sort((a, b) => b.part - a.part);
    const share = samples < few ? growingShare.few : growingShare.many;
    const [worst] = growing;
    if (!worst || growing.length <= share * values.length) return undefined;
    return `Too few samples: from ${Math.ceil(samples / 2)} to ${samples} of them the ranges of ${growing.length} of ${values.length} values still grew by more than ${percent(tolerance)}, that of '${worst.name}' by ${percent(worst.part)}. What other samples reach beyond will be clipped: calibrate with more`;
  },
};

const percent = (part: number): string =>
  Number.isFinite(part) ? `${(100 * part).toFixed(0)} %` : 'all of it';
