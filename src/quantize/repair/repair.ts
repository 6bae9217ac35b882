import type { Model } from '../../ir/index.ts';
import type { Report, WorkOptions } from '../../report.ts';
import type { Calibration } from '../calibrate.ts';
import type { Encodings } from '../encodings.ts';
import type { PlanOptions } from '../plan.ts';

/** What every repair gets. None looks at labels. */
export interface RepairOptions extends WorkOptions {
  /** Model inputs, batch after batch. Gone through several times: an array, or an object that starts anew each time. */
  readonly calibration: Calibration;
  /** A scale for each output channel of a weight, as the quantizer will do. Default true. */
  readonly perChannel?: boolean;
}

/** Rewrites the float model into one of (nearly) the same function that loses less when it is quantized. */
export interface FloatRepair {
  readonly stage: 'float';
  /** As the user writes it. */
  readonly name: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** A new model; `model` is not changed. The report says what was done, and what was not and why. */
  run(model: Model, options: RepairOptions): Promise<RepairedModel>;
}

export interface RepairedModel {
  readonly model: Model;
  readonly report: Report;
}

/** Chooses better integers, scales or bias than nearest rounding did. */
export interface EncodingsRepair {
  readonly stage: 'encodings';
  readonly name: string;
  readonly summary: string;
  /** New encodings; `float` (prepared: the model that they are for) and the old ones are not changed. */
  run(subject: EncodedModel, options: RepairOptions): Promise<RepairedEncodings>;
}

export interface EncodedModel {
  readonly float: Model;
  readonly encodings: Encodings;
  /** What the encodings were made for. */
  readonly plan?: PlanOptions;
}

export interface RepairedEncodings {
  readonly encodings: Encodings;
  readonly report: Report;
}

export type Repair = FloatRepair | EncodingsRepair;
