import type { Range } from './observer.ts';
import type { ActivationType, Affine, IntegerRange } from './scale.ts';
import type { QuantizedConstant } from './weights.ts';

/** How one activation becomes integers. */
export interface ActivationEncoding extends Affine {
  readonly dtype: ActivationType;
  /** The integers in use: all that the dtype holds, or fewer for less than 8 bits. */
  readonly integers: IntegerRange;
  /** The real numbers that the scale was made for. */
  readonly range: Range;
}

/** The integers of a weighted node. */
export interface WeightEncoding {
  readonly weight: QuantizedConstant;
  /** The integers that the weight may hold. */
  readonly integers: IntegerRange;
  /** Real numbers, one an output channel; written as int32 with scales `input scale * weight scale`. */
  readonly bias?: Float32Array;
}

/**
 * All numbers of a quantized model, decided before anything is written. Keyed by names, so that they hold for every
 * copy of the float model. Repairs make better ones of them; `emit` writes them.
 */
export interface Encodings {
  /** By name of the value whose scale it is: a root of the plan. */
  readonly activations: ReadonlyMap<string, ActivationEncoding>;
  /** By name of the node's first output. */
  readonly weights: ReadonlyMap<string, WeightEncoding>;
}
