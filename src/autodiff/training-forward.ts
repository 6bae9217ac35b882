import { ModelError } from '../errors.ts';
import { type Graph, type GraphBuilder, isFloat, type Node, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';

/** The forward pass as copied into a training graph. */
export interface TrainingForward {
  readonly outputs: readonly Value[];
  /** New values of buffers, by the buffer in the original graph. */
  readonly updates: ReadonlyMap<Value, Value>;
}

/**
 * Copies `graph` into `g` with `bound` in place of its inputs and trained constants, each operator in its training form,
 * or as it is at inference where `isInference` says so.
 * Throws ModelError for float types that cannot be trained.
 */
export function copyForTraining(
  g: GraphBuilder,
  graph: Graph,
  bound: ReadonlyMap<Value, Value>,
  isInference: (node: Node) => boolean = () => false,
): TrainingForward {
  const map = new Map(bound);
  const updates = new Map<Value, Value>();
  const get = (value: Value): Value => {
    const known = map.get(value);
    if (known) return known;
    if (!value.tensor)
      throw new ModelError(`'${value.name}' is used before it is made`, { value: value.name });
    const copy = g.initializer(g.uniqueName(value.name), value.tensor);
    map.set(value, copy);
    return copy;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => value && get(value));
    const training = isInference(node) ? undefined : opOf(node)?.training;
    const attributes = Object.fromEntries(node.attributes);
    const form = training
      ? training({ node, g, inputs })
      : { outputs: g.node(node.opType, inputs, attributes, node.outputs.length, node.domain) };
    for (const [index, output] of form.outputs.entries()) map.set(node.outputs[index]!, output);
    for (const [index, value] of form.updates ?? []) updates.set(node.input(index), value);
  }
  const outputs = graph.outputs.map(get);
  const odd = outputs.find((output) => isFloat(output.dtype) && output.dtype !== 'float32');
  if (odd)
    throw new ModelError(`'${odd.name}' is ${odd.dtype}: only float32 models can be trained`, {
      value: odd.name,
    });
  return { outputs, updates };
}
