import { cloneGraph, Graph, usedValues, type Value } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';

/** A new graph over the same tensors: the inputs of `graph`, and what `end` needs. Its output is called `name`. */
export function extract(graph: Graph, end: Value, name: string): Graph {
  const needed = new Set([end]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const wanted = node.outputs.some((output) => needed.has(output));
    if (wanted) for (const value of usedValues(node)) needed.add(value);
    return wanted;
  });
  const part = new Graph(graph.name);
  part.inputs.push(...graph.inputs);
  part.nodes.push(...nodes.reverse());
  for (const value of graph.initializers.values()) if (needed.has(value)) part.addInitializer(value);
  part.outputs.push(end);
  const copy = cloneGraph(part);
  const [output] = copy.outputs.splice(0);
  createBuilder({ graph: copy }).output(output!, name);
  return copy;
}
