import type { Check } from '../evidence.ts';
import { median } from '../norm-drift.ts';
import { isScaledOtherwise } from './unnormalized-input.ts';

/**
 * What is usual: in nets that we trained, samples of their own data stay below a shift of 0.15 and within a spread of
 * 0.75 to 1.06 from 4 samples on; other data had shifts of 0.4 to 5 or spreads beyond these bounds in most layers.
 */
const usual = { shift: 0.3, least: 0.6, most: 1.6 };

/** Data of another kind than in training: statistics of half of the batch normalizations or more are off. */
export const outOfDomain: Check = {
  name: 'out-of-domain',
  summary: 'activations unlike those of training',
  find(evidence) {
    const { norms } = evidence;
    // Another scale of the input explains everything behind it.
    if (norms.length === 0 || isScaledOtherwise(evidence)) return undefined;
    const off = norms.filter(
      ({ shift, spread }) => shift > usual.shift || spread < usual.least || spread > usual.most,
    );
    if (2 * off.length < norms.length) return undefined;
    const shift = median(off.map((norm) => norm.shift));
    const spread = median(off.map((norm) => norm.spread));
    return `The data are unlike those of training: at ${off.length} of ${norms.length} batch normalizations the means are ${shift.toFixed(1)} deviations away and the numbers ${spread.toFixed(2)} times as spread (medians). Ranges of such data do not fit what the model is for: calibrate with samples of its own kind`;
  },
};
