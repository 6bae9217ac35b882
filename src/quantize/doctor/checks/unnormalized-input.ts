import type { Range } from '../../observer.ts';
import type { Check, Evidence } from '../evidence.ts';
import type { InputStatistics } from '../input-statistics.ts';

/** Bounds of deviation now / deviation in training at the first batch normalization, beyond which it is another scale. */
const scaleBounds = { min: 0.4, max: 4 };
/** Part of the expected range that numbers may lie outside, as resized images do. */
const slack = 0.05;
/** Part of the expected range that they must fill. */
const filled = 0.1;

/**
 * Of numbers that a mean was taken from and that were divided by a deviation: the mean and the deviation that they can
 * still have, as the normalization is often another data set's.
 */
const standard = { mean: 2, least: 0.25, most: 4 };

/** Whether the first batch normalization sees another scale than in training. */
export const isScaledOtherwise = ({ norms: [first] }: Pick<Evidence, 'norms'>): boolean =>
  first !== undefined && (first.spread < scaleBounds.min || first.spread > scaleBounds.max);

/** Input in other numbers than the model was trained on: bytes instead of 0 to 1, without mean and deviation. */
export const unnormalizedInput: Check = {
  name: 'unnormalized-input',
  summary: 'numbers of another scale than in training',
  find(evidence) {
    const { norms, inputs, expectedInput, unscaledInputs } = evidence;
    const seen = inputs.map(show).join(', ');
    if (isScaledOtherwise(evidence))
      return `The input is not normalized as in training: ${norms[0]!.node} sees numbers ${factor(norms[0]!.spread)} as spread as it did then (${seen}). Prepare the calibration data like the training data`;
    const wrong = expectedInput && inputs.find((input) => !fits(input, expectedInput));
    if (wrong)
      return `The input is not normalized as in training: ${show(wrong)}, training data lie between ${number(expectedInput.min)} and ${number(expectedInput.max)}. Prepare the calibration data like the training data`;
    if (expectedInput && !evidence.standardized) return undefined;
    if (norms.length > 0) return undefined;
    const other = evidence.standardized && inputs.find((input) => !isStandard(input));
    if (other)
      return `The input is not normalized as in training: '${other.name}' has mean ${number(other.mean)} and deviation ${number(other.deviation)}, the training data's normalization makes them about 0 and 1. Prepare the calibration data like the training data`;
    const bytes = inputs.find((input) => isBytes(input) && unscaledInputs.has(input.name));
    return (
      bytes &&
      `The input looks like raw bytes: ${show(bytes)} in whole numbers, and the model applies its weights to them as they are. Unless it was trained on such numbers, normalize the calibration data as for training`
    );
  },
};

const fits = ({ min, max }: Range, expected: Range): boolean => {
  const width = expected.max - expected.min;
  const inside = min >= expected.min - slack * width && max <= expected.max + slack * width;
  return inside && max - min >= filled * width;
};

const isStandard = ({ mean, deviation }: InputStatistics): boolean =>
  Math.abs(mean) <= standard.mean && deviation >= standard.least && deviation <= standard.most;

const isBytes = ({ min, max, whole }: InputStatistics): boolean =>
  whole && min >= 0 && max > 64 && max <= 255;

const number = (x: number): string => String(Number(x.toPrecision(3)));

const show = ({ name, min, max }: InputStatistics): string =>
  `'${name}' has ${number(min)} to ${number(max)}`;

const factor = (spread: number): string =>
  spread >= 1 ? `${number(spread)} times` : `1/${number(1 / spread)}`;
