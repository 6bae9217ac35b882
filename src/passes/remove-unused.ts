import { allNodes, type Model, type Node, usedValues } from '../ir/index.ts';

/**
 * A copy of the model without nodes and initializers that reach no output. Inputs without a default stay; an unused
 * default goes with its input. Subgraphs stay as they are inside.
 */
export function removeUnused(model: Model): Model {
  const copy = model.clone();
  const { graph } = copy;
  const used = new Set(graph.outputs);
  const dead = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => used.has(output))) return true;
    for (const value of usedValues(node)) used.add(value);
    return false;
  });
  for (const node of nested(dead)) node.detach();
  graph.remove(...dead);
  for (const [name, value] of graph.initializers) {
    if (used.has(value)) continue;
    graph.initializers.delete(name);
    if (graph.inputs.includes(value)) graph.inputs.splice(graph.inputs.indexOf(value), 1);
  }
  return copy;
}

const nested = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => node.subgraphs().flatMap((subgraph) => [...allNodes(subgraph)]));
