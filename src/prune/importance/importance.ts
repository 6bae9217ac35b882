import type { Dataset } from '../../data/index.ts';
import type { Model } from '../../ir/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { LossOptions } from '../../train/index.ts';
import type { Group } from '../groups/index.ts';

/** How much each channel of a group matters, 0 or more, by the group's name. A group that it can say nothing of is left out. */
export type Scores = ReadonlyMap<string, Float64Array>;

export interface ImportanceOptions extends WorkOptions {
  /** Needed by what looks at gradients. */
  readonly data?: Dataset | undefined;
  /** Samples of the training split that gradients are taken of. Default 512, or all if there are fewer. */
  readonly samples?: number;
  /** Chooses them. Default 0. */
  readonly seed?: number;
  /** What gradients are of. Default: that which `fit` takes for the data. */
  readonly loss?: LossOptions;
}

/** A measure of channels. */
export interface Importance {
  readonly name: string;
  /** One line, for who chooses. */
  readonly summary: string;
  /** Whether it needs data with what the loss compares with. */
  readonly needsData: boolean;
  /**
   * Whether a global ranking takes scores of different groups as they are. Else (default) it divides each group's by their mean
   * (Fang et al. 2023, DepGraph, arXiv 2301.12900). Changes of the loss need that too, although they have one unit: each is of
   * one channel gone alone, which is little in a wide layer, so that it would lose nearly all of its channels first.
   */
  readonly isComparable?: boolean;
  /** Throws UsageError if it needs data that are not there or do not fit. */
  score(model: Model, groups: readonly Group[], options: ImportanceOptions): Promise<Scores>;
}
