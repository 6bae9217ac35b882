import type { Condition } from './condition.ts';

/** A scale and zero point that a kernel insists on: `real = scale * (integer - zeroPoint)`. */
export interface FixedEncoding {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What a target's int8 kernel of one operator demands. */
export interface Int8Rule {
  /** What a node must be like for the kernel to take it; all of them. */
  readonly when?: readonly Condition[];
  /**
   * How scales belong together. `own`: each input and output has its own; `shared`: all float inputs and outputs have
   * one. Default: as the operator's own rule in `src/ops` says.
   */
  readonly scales?: 'own' | 'shared';
  /** The only encoding that the kernel writes. */
  readonly output?: FixedEncoding;
  /** Operator sets of the model in which the kernel is found. Default: all that the target reads. */
  readonly opset?: { readonly min: number; readonly max: number };
  /** False where the kernel takes one weight scale although the target's others take one a channel. */
  readonly perChannel?: false;
}

/** Integers that weights may hold; zero points are 0. */
export interface WeightRule {
  readonly dtype: 'int8' | 'uint8';
  readonly min: number;
  readonly max: number;
  /** Whether kernels take a scale for each output channel. */
  readonly perChannel: boolean;
}

/** What a target demands of the whole model. */
export interface Limits {
  /** No symbolic dimension anywhere. */
  readonly staticShapes?: true;
  /** The only size of the first dimension of inputs. */
  readonly batch?: number;
  /** How many dimensions of an activation, counted without the batch, may be larger than 1. */
  readonly largeDims?: number;
}

/** A runtime's rules for int8, as data: what it computes in int8, with which types, scales and fusions. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** Where each of these rules is written. */
  readonly sources: readonly string[];
  readonly activations: { readonly dtype: 'uint8' | 'int8'; readonly symmetric: boolean };
  readonly weights: WeightRule;
  /** `int32` with scale `input scale * weight scale`; `float32`: the bias is added in float and never quantized. */
  readonly bias: 'int32' | 'float32';
  /** Type of the model's own inputs and outputs. */
  readonly io: 'float32' | 'int8';
  /**
   * Where QuantizeLinear and DequantizeLinear go. `around`: before each input and after each output of an int8 node;
   * `inputs`: before inputs only, the runtime moves and fuses them from there.
   */
  readonly placement: 'around' | 'inputs';
  /** How a file tells of int8: pairs around float operators, or operators on integers. */
  readonly format: 'qdq' | 'qoperator';
  readonly opset: { readonly min: number; readonly max?: number };
  readonly limits?: Limits;
  /** Operators with an int8 kernel. All others stay float. */
  readonly operators: Readonly<Record<string, Int8Rule>>;
  /** Chains that become one kernel: nothing is quantized inside. */
  readonly fused: readonly (readonly string[])[];
  /**
   * `external`: where a sum takes the output of a convolution, only its other input is quantized, so that the sum joins
   * the convolution. Default `both`.
   */
  readonly residual?: 'external' | 'both';
  /** Why operators stay float that one would expect in int8, beyond having no kernel. */
  readonly float?: Readonly<Record<string, string>>;
}

/** True if the target makes one kernel of `first` and what follows it. */
export const fuses = (target: Target, first: string, second: string): boolean =>
  target.fused.some((chain) => chain.some((op, i) => op === first && chain[i + 1] === second));
