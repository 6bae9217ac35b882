import type { Graph, Node } from '../ir/index.ts';
import { onlyReader } from './only-reader.ts';

/**
 * Whether a Relu is read by a MaxPool only. Then the training graph has them in the other order, which gives the same
 * values and gradients, and leaves the relu a fraction of the elements.
 */
export function isPooled({ graph }: { readonly graph: Graph }, relu: Node): boolean {
  if (relu.opType !== 'Relu' || relu.domain !== '') return false;
  const pool = onlyReader(graph, relu.output());
  return pool?.opType === 'MaxPool' && pool.outputs.length === 1;
}
