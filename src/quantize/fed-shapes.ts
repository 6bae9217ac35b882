import type { Graph, Model, Shape } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';

/** A copy of the graph with the types that inputs of these shapes give. Throws ModelError where they contradict an operator. */
export function withFedShapes(model: Model, shapes: ReadonlyMap<string, Shape>): Graph {
  const { graph } = model.clone();
  for (const input of graph.inputs) {
    const shape = shapes.get(input.name);
    if (shape && input.dtype) input.type = { dtype: input.dtype, shape };
  }
  annotateTypes(graph);
  return graph;
}
