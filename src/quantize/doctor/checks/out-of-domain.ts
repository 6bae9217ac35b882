import type { Check } from '../evidence.ts';
import { median } from '../norm-drift.ts';
import { isScaledOtherwise } from './unnormalized-input.ts';

/**
 * What is usual. Checked on four networks of the quantization benchmark, trained with batch normalization on digits
 * (ResNet8, MobileNetV2, MobileNetV3) and on spectra of spoken words (DS-CNN). 4 to 300 samples of their own data: no
 * shift above 0.04, all spreads from 0.95 to 1.5 (to 1.2 from 16 samples on), so no layer was off. 64 samples of noise,
 * sparse noise, inverted or shuffled digits, or digits from -1 to 1: 38 to 100 % of the layers off. What stays unseen:
 * digits of half the contrast (at most 29 % off), spectra with the opposite sign, whose statistics are the same, and in
 * DS-CNN 4 samples of noise.
 */
const usual = { shift: 0.3, least: 0.6, most: 1.6 };
/** Part of the batch normalizations that may be off. */
const offShare = 1 / 3;

/** Data of another kind than in training: statistics of more than a third of the batch normalizations are off. */
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
    if (off.length <= offShare * norms.length) return undefined;
    const shift = median(off.map((norm) => norm.shift));
    const spread = median(off.map((norm) => norm.spread));
    return `The data are unlike those of training: at ${off.length} of ${norms.length} batch normalizations the means are ${shift.toFixed(1)} deviations away and the numbers ${spread.toFixed(2)} times as spread (medians). Ranges of such data do not fit what the model is for: calibrate with samples of its own kind`;
  },
};
