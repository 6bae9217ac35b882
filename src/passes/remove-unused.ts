import { allNodes, type Model, type Node, usedValues } from '../ir/index.ts';
import { type Pass, Rewriting } from './pass.ts';

export const removeUnusedPass: Pass = {
  name: 'remove-unused',
  summary: 'Remove nodes and constants that reach no output',
  run: removeUnusedIn,
};

/**
 * A copy of the model without nodes and initializers that reach no output. Inputs without a default stay; an unused
 * default goes with its input. Subgraphs stay as they are inside.
 */
export function removeUnused(model: Model): Model {
  const rewriting = new Rewriting(model);
  removeUnusedIn(rewriting);
  return rewriting.model;
}

function removeUnusedIn(rewriting: Rewriting): void {
  const { graph } = rewriting;
  const used = new Set(graph.outputs);
  const dead = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => used.has(output))) return true;
    for (const value of usedValues(node)) used.add(value);
    return false;
  });
  for (const node of nested(dead)) node.detach();
  graph.remove(...dead);
  rewriting.count('unused node', dead.length);
  for (const [name, value] of graph.initializers) {
    if (used.has(value)) continue;
    graph.initializers.delete(name);
    rewriting.count('unused constant');
    if (graph.inputs.includes(value)) graph.inputs.splice(graph.inputs.indexOf(value), 1);
  }
}

const nested = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => node.subgraphs().flatMap((subgraph) => [...allNodes(subgraph)]));
