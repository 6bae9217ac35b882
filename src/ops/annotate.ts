import type { Graph, Node, TensorType, Value } from '../ir/index.ts';
import { mergeDim } from './dims.ts';
import { infer, opOf } from './index.ts';

/**
 * Writes `value.type` for every value of `graph` and its subgraphs, IN PLACE: call it on a clone or a graph of your own.
 * Known input types flow through; what the file declares fills in what inference leaves open.
 * Returns the nodes whose operator the table does not know: their outputs keep the declared types.
 * Throws ModelError where inputs contradict an operator.
 */
export function annotateTypes(graph: Graph): Node[] {
  return graph.nodes.flatMap((node) => {
    const unknown = annotateSubgraphs(node);
    if (!opOf(node)) return [...unknown, node];
    infer(node).forEach((type, i) => {
      annotate(node.outputs[i]!, type);
    });
    return unknown;
  });
}

function annotateSubgraphs(node: Node): Node[] {
  const types = opOf(node)?.subgraph?.inputs(node) ?? [];
  return node.subgraphs().flatMap((subgraph) => {
    subgraph.inputs.forEach((input, i) => {
      if (types[i]) annotate(input, { ...types[i], shape: types[i].shape ?? input.shape });
    });
    return annotateTypes(subgraph);
  });
}

/** Inference wins over a declaration that contradicts it, as in onnxruntime. */
function annotate(value: Value, inferred: TensorType): void {
  const declared = value.shape;
  const { shape } = inferred;
  const merged =
    shape && declared?.length === shape.length
      ? shape.map((dim, i) => mergeDim(dim, declared[i]!) ?? dim)
      : shape;
  const dtype = inferred.dtype ?? value.dtype;
  // A type without a dtype says nothing that a file could hold.
  if (dtype) value.type = { dtype, shape: merged ?? declared };
}
