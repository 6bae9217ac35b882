import type { Graph, Node, Value } from '../ir/index.ts';

/** The only node that reads a value, if that is of the graph itself, not of a subgraph, and the value is no output. */
export function onlyReader(graph: Graph, value: Value): Node | undefined {
  const [use, ...more] = value.uses;
  const isOnly = use !== undefined && more.length === 0 && !graph.outputs.includes(value);
  return isOnly && graph.nodes.includes(use.node) ? use.node : undefined;
}
