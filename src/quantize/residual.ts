import type { Graph, Node } from '../ir/index.ts';
import type { PlannedRule } from './plan.ts';

/**
 * Inputs of sums that stay float, since the convolution that makes them joins the sum: one a sum, the last convolution
 * of the graph if there are two. Source: NVIDIA TensorRT issue 1992, Model-Optimizer's `classify_partition_nodes`.
 */
export function floatResiduals(
  graph: Graph,
  nodes: ReadonlyMap<Node, PlannedRule>,
): Map<Node, ReadonlySet<number>> {
  const order = new Map(graph.nodes.map((node, i) => [node, i]));
  const found = new Map<Node, ReadonlySet<number>>();
  for (const node of nodes.keys()) {
    if (node.opType !== 'Add') continue;
    const joined = node.inputs.flatMap((value, index) => {
      const producer = value?.producer;
      const joins =
        producer?.opType === 'Conv' &&
        nodes.has(producer) &&
        value!.uses.length === 1 &&
        !graph.outputs.includes(value!);
      return joins ? [{ index, at: order.get(producer)! }] : [];
    });
    const last = joined.toSorted((a, b) => a.at - b.at).at(-1);
    if (last) found.set(node, new Set([last.index]));
  }
  return found;
}
