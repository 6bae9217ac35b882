import type { Graph, Node } from '../ir/index.ts';

/**
 * Whether a Relu is read by a MaxPool only. Then the training graph has them in the other order, which gives the same
 * values and gradients, and leaves the relu a fraction of the elements.
 */
export function isPooled({ graph }: { readonly graph: Graph }, relu: Node): boolean {
  if (relu.opType !== 'Relu' || relu.domain !== '') return false;
  const [use, ...more] = relu.output().uses;
  const pool = use?.node;
  return (
    more.length === 0 &&
    pool?.opType === 'MaxPool' &&
    pool.outputs.length === 1 &&
    !graph.outputs.includes(relu.output())
  );
}
