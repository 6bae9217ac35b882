import { ModelError } from '../errors.ts';
import { type Graph, type GraphBuilder, isFloat, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';

/** The constants of a model by what training does with them. */
export interface TrainedConstants {
  /** Changed by the optimizer: float constants of more than one element that are not buffers. */
  readonly parameters: readonly Value[];
  /** Changed by the forward pass: running statistics. */
  readonly buffers: readonly Value[];
}

/** Sorts a graph's initializers. Single numbers (scales, bounds) are constants of the formula and stay as they are. */
export function trainedConstants(graph: Graph): TrainedConstants {
  const isState = (value: Value): boolean =>
    value.uses.some(({ node, index }) => opOf(node)?.state?.includes(index) === true);
  const floats = [...graph.initializers.values()].filter(
    (value) => value.dtype === 'float32' && value.uses.length > 0,
  );
  const isLearned = (value: Value): boolean =>
    value.uses.some(({ node, index }) => opOf(node)?.parameters?.includes(index) ?? true);
  return {
    parameters: floats.filter((value) => !isState(value) && isLearned(value) && value.tensor!.size > 1),
    buffers: floats.filter(isState),
  };
}

/** The forward pass as copied into a training graph. */
export interface TrainingForward {
  readonly outputs: readonly Value[];
  /** New values of buffers, by the buffer in the original graph. */
  readonly updates: ReadonlyMap<Value, Value>;
}

/**
 * Copies `graph` into `g` with `bound` in place of its inputs and trained constants, each operator in its training form.
 * Throws ModelError for float types that cannot be trained.
 */
export function copyForTraining(
  g: GraphBuilder,
  graph: Graph,
  bound: ReadonlyMap<Value, Value>,
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
    const training = opOf(node)?.training;
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
