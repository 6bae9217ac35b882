import type { GraphBuilder, Node, TensorType, Value } from '../ir/index.ts';
import type { ChannelRule } from './channel-rule.ts';

/** All that the library knows of one operator. An absent facet means unknown: algorithms skip the node and say so. */
export interface Op {
  readonly type: string;
  /** Default '': the ONNX domain. */
  readonly domain?: string;

  /**
   * Types of the outputs from the inputs' types, constants and attributes. Symbolic and unknown dimensions
   * flow through. Throws ModelError (`node.error(...)`) if the inputs do not fit the operator.
   */
  infer(node: Node): TensorType[];

  /** Work of one call. A symbolic dimension counts as 1, so that a symbolic batch gives the cost of one sample. */
  cost(node: Node): Cost;

  /** Vector-Jacobian product; absent for operators without gradient. */
  grad?(context: GradContext): (Value | undefined)[];

  /** Its gradient takes those of all float outputs. Absent: an output other than the first must not reach the loss. */
  readonly gradOfAllOutputs?: true;

  /**
   * Writes the operator as it is while training, where that differs from inference (batch statistics, kept indices).
   * Absent: the node is copied as it is.
   */
  training?(context: TrainingContext): TrainingForm;

  /** Inputs that hold running statistics: changed by the forward pass while training, never by the optimizer. */
  readonly state?: readonly number[];

  readonly quantize?: QuantizeRule;

  /** What goes along when channels are removed; absent: no channel that reaches it may be. */
  readonly channels?: ChannelRule;

  /** Inputs that hold learned parameters if they are constant. Default: all inputs of a float or small integer type. */
  readonly parameters?: readonly number[];

  /** The input that holds the scale of what it rounds to, which can be learned like a parameter. */
  readonly scale?: number;

  /** A single number that it adds right behind a weighted operator of one channel is a bias, hence learned. */
  readonly addsBias?: true;

  /** For an operator that runs a subgraph (Loop). */
  readonly subgraph?: SubgraphRule;
}

export interface SubgraphRule {
  /** What the node tells of the types of its subgraph's inputs, in order. */
  inputs(node: Node): TensorType[];
  /** How often the subgraph runs; undefined if that is only known at run time. */
  trips(node: Node): number | undefined;
}

export interface TrainingContext {
  /** The inference node: read its attributes. */
  readonly node: Node;
  readonly g: GraphBuilder;
  /** What stands for the node's inputs in the training graph. */
  readonly inputs: readonly (Value | undefined)[];
}

export interface TrainingForm {
  readonly outputs: readonly Value[];
  /** New values of inputs that are state and not trained (running mean and variance), by input index. */
  readonly updates?: ReadonlyMap<number, Value>;
}

export interface Cost {
  /** Multiply-accumulates; elementwise work counts none. */
  readonly macs: number;
  /** Bytes of all inputs (weights included) and outputs. */
  readonly bytes: number;
}

export interface GradContext {
  readonly node: Node;
  /** Writes the backward nodes; inputs and outputs of `node` may be used in it. Shapes are static. */
  readonly g: GraphBuilder;
  /** Gradient by output; undefined where an output does not reach the loss. `dy` is the first that there is. */
  readonly dys: readonly (Value | undefined)[];
  readonly dy: Value;
  /** Whether the gradient of input `index` is wanted: do not compute the others. */
  needs(index: number): boolean;
}

/**
 * What int8 does with an operator:
 * - `weighted`: constant weights quantized along `axis` (a function, since Gemm's depends on transB), int32 bias;
 *   input and output quantized (Conv, Gemm, MatMul)
 * - `quantized`: all float inputs and the output quantized, each with its own scale (Add, Concat, AveragePool)
 * - `same-scale`: output values are input values, so it shares the input's scale (MaxPool, Reshape, Transpose)
 * - `folds`: an activation that disappears into its producer's output range (Relu, Clip), else `quantized`
 */
export type QuantizeRule =
  | {
      readonly kind: 'weighted';
      readonly weight: number;
      readonly bias?: number;
      axis(node: Node): number;
      /** Whether kernels take a scale for each index along the axis. Absent: they do. */
      perChannel?(node: Node): boolean;
      /** Why this node must stay float although its operator need not; undefined if it need not. */
      obstacle?(node: Node): string | undefined;
    }
  | {
      readonly kind: 'quantized' | 'same-scale' | 'folds';
      /** The range that the output is quantized with, whatever is observed. */
      readonly output?: { readonly min: number; readonly max: number };
    };
