import { GraphBuilder, type Node, type TensorType } from '../ir/index.ts';
import { infer } from '../ops/index.ts';
import { blockedTypes } from './blocked/types.ts';

/**
 * What a training graph may use beyond the standard operators. These kernels are internal to onnxruntime, so a probe of
 * the installed one must find them first; with `standardKernels` the graph runs anywhere.
 */
export interface Kernels {
  /**
   * Channels in a block of the domain com.microsoft.nchwc, whose tensors are [N, C/block, H, W, block] in memory
   * and [N, C, H, W] by shape; undefined: do not use it.
   */
  readonly block?: number | undefined;
  /** com.microsoft.FusedMatMul, a matrix product that transposes as it reads. */
  readonly fusedMatMul: boolean;
}

/** Standard operators only. */
export const standardKernels: Kernels = { fusedMatMul: false };

/** A builder that knows the types of the kernels' nodes as well. */
export function kernelBuilder(
  { block }: Kernels,
  options: ConstructorParameters<typeof GraphBuilder>[1],
): GraphBuilder {
  const types = (node: Node): readonly TensorType[] => blockedTypes(node, block) ?? infer(node);
  return new GraphBuilder(types, options);
}
