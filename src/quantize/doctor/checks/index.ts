import type { Check } from '../evidence.ts';
import { deadChannels } from './dead-channels.ts';
import { outOfDomain } from './out-of-domain.ts';
import { outlierSample } from './outlier-sample.ts';
import { repeatedSamples } from './repeated-samples.ts';
import { tooFewSamples } from './too-few-samples.ts';
import { unnormalizedInput } from './unnormalized-input.ts';

/** What a calibration set is checked for, the gravest first. */
export const checks: readonly Check[] = [
  unnormalizedInput,
  outOfDomain,
  deadChannels,
  tooFewSamples,
  repeatedSamples,
  outlierSample,
];
