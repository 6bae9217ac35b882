import type { Check } from '../evidence.ts';

/** Of the samples: below this share of different ones the set is smaller than it looks. */
const differentShare = 0.9;

export const repeatedSamples: Check = {
  name: 'repeated-samples',
  summary: 'samples that are there more than once',
  find({ samples, different }) {
    if (different >= differentShare * samples) return undefined;
    return `Only ${different} of the ${samples} samples are different: the others add nothing`;
  },
};
