import type { DType, Node, Tensor } from '../ir/index.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Multiply } from './multiply.ts';

/** Computes one node: tensors in the order of its inputs, undefined for those left out. */
export type Kernel = (inputs: readonly (Tensor | undefined)[]) => Tensor;

/** What kernels compute with. */
export interface KernelContext {
  readonly arithmetic: Arithmetic;
  /** The sums of products of a node, between elements of these types. */
  multiply(node: Node, types: { readonly a: DType; readonly b: DType }): Multiply;
}

/** How the simulator computes one operator of onnxruntime's quantized graphs. */
export interface SimulatedOp {
  readonly type: string;
  /**
   * Prepares a node once for all runs. Undefined: onnxruntime may run it, as one that moves numbers or computes in float.
   * Throws ModelError if the node is one that the simulator should know and does not fit it.
   */
  prepare(node: Node, context: KernelContext): Kernel | undefined | Promise<Kernel | undefined>;
}
