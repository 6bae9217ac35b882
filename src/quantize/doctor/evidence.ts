import type { Range } from '../observer.ts';
import type { InputStatistics } from './input-statistics.ts';
import type { NormDrift } from './norm-drift.ts';
import type { SampleRanges } from './sample-ranges.ts';

/** All that the checks of a calibration set look at. */
export interface Evidence {
  readonly samples: number;
  /** Samples that are not the same as another one. */
  readonly different: number;
  /** Part of a range's width that does not matter. */
  readonly tolerance: number;
  /** Of the values that will be quantized. */
  readonly values: readonly SampleRanges[];
  /** Names of those that do not fall into samples, as they have another number of rows: nothing is known of them. */
  readonly unsplit: readonly string[];
  /** Against the statistics of training, where the model still has them: in the order of the graph. */
  readonly norms: readonly NormDrift[];
  readonly inputs: readonly InputStatistics[];
  /** What training data, normalized, can lie between, where that is known. */
  readonly expectedInput?: Range;
  /** Whether training data were brought to mean 0 and deviation 1, as far as the normalization tells. */
  readonly standardized: boolean;
  /** Inputs that weights are applied to without anything in between that could scale them. */
  readonly unscaledInputs: ReadonlySet<string>;
}

/** One thing that can be wrong with a calibration set. */
export interface Check {
  readonly name: string;
  readonly summary: string;
  /** What the reader must know; undefined if all is well or there is nothing to judge by. */
  find(evidence: Evidence): string | undefined;
}
