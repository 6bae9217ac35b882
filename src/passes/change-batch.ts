import { isStatic, type Model, type Node, product, Tensor, Value } from '../ir/index.ts';
import { annotateTypes, constantOf, infer, opOf } from '../ops/index.ts';
import { fixShapes } from './fix-shapes.ts';
import { isOp } from './match.ts';

/**
 * A copy of a model for another batch than the one that its input, and the targets of its Reshape nodes, have as a number:
 * `shape` is the input's new one, batch first. A constant target keeps the place of the batch: it grows where the axes
 * before it hold as many elements as those before the batch of what is reshaped. Whether the operators between treat
 * samples one by one is for the caller to see. Throws ModelError where the shapes then contradict an operator.
 */
export function changeBatch(model: Model, shape: readonly number[]): Model {
  const [first] = model.graph.feeds;
  const declared = first?.shape?.[0];
  if (!first || typeof declared !== 'number') return fixShapes(model, { shapes: { [first!.name]: shape } });
  const before = fixShapes(forgetTypes(model), { shapes: { [first.name]: [declared, ...shape.slice(1)] } });
  const copy = forgetTypes(model);
  const input = copy.graph.feeds[0]!;
  input.type = { dtype: input.dtype, shape };
  for (const [i, node] of copy.graph.nodes.entries()) {
    if (isOp(node, 'Reshape')) growTarget(copy, node, before.graph.nodes[i]!);
    if (!opOf(node) || node.subgraphs().length > 0) continue;
    infer(node).forEach((type, n) => {
      node.outputs[n]!.type = type;
    });
  }
  annotateTypes(copy.graph);
  return copy;
}

/** A copy in which only inputs and constants have shapes: those of the others are for another batch. */
function forgetTypes(model: Model): Model {
  const copy = model.clone();
  for (const { outputs } of copy.graph.nodes)
    for (const value of outputs) if (value.type) value.type = { dtype: value.dtype, shape: undefined };
  return copy;
}

function growTarget({ graph }: Model, node: Node, before: Node): void {
  const target = constantOf(node.inputs[1]);
  const [old, x, shape] = [before.input(0).shape, node.input(0).shape, before.output().shape];
  if (!target || !isStatic(old) || !isStatic(x) || !isStatic(shape)) return;
  const batch = x.findIndex((size, axis) => size !== old[axis]);
  if (batch < 0) return;
  const outer = product(old.slice(0, batch));
  const ratio = x[batch]! / old[batch]!;
  const axis = shape.findIndex((size, i) => product(shape.slice(0, i)) === outer && size * ratio >= 1);
  const sizes = target.toNumbers();
  if (axis < 0 || !Number.isInteger(shape[axis]! * ratio)) return;
  // Copies of the input's size and the rest follow by themselves, if only one is left open.
  const grown = sizes.map((size, i) => (i === axis ? shape[i]! * ratio : size === -1 ? shape[i]! : size));
  const name = graph.uniqueName(`${node.input(1).name}_batch`);
  node.setInput(1, graph.addInitializer(new Value(name, undefined, Tensor.of('int64', grown))));
}
