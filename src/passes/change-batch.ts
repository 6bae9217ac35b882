import { type Graph, isStatic, type Model, Node, product, Tensor, Value } from '../ir/index.ts';
import { annotateTypes, constantOf, infer, opOf } from '../ops/index.ts';
import { fixShapes } from './fix-shapes.ts';
import { isOp } from './match.ts';

/**
 * A copy of a model for another batch than the one that its input, and constants between, have as a number: `shape` is
 * the input's new one, batch first. Constant targets of Reshape keep the place of the batch, constant states of
 * recurrent operators and what Concat joins to each sample are repeated. Whether the operators treat samples one by one
 * is for the caller to see: run both. Throws ModelError where the shapes then contradict an operator.
 */
export function changeBatch(model: Model, shape: readonly number[]): Model {
  const copy = model.clone();
  const input = copy.graph.feeds[0]!;
  const declared = input.shape?.[0];
  if (typeof declared !== 'number') return fixShapes(model, { shapes: { [input.name]: shape } });
  forgetTypes(copy);
  input.type = { dtype: input.dtype, shape: [declared, ...shape.slice(1)] };
  annotateTypes(copy.graph);
  const before = new Map(copy.graph.nodes.map((node) => [node, shapesOf(node)]));
  forgetTypes(copy);
  input.type = { dtype: input.dtype, shape };
  const change: Change = { model: copy, outer: new Map() };
  for (const [node, old] of before) {
    if (isOp(node, node.opType)) rules[node.opType]?.(change, node, old);
    if (!opOf(node) || node.subgraphs().length > 0) continue;
    infer(node).forEach((type, n) => {
      node.outputs[n]!.type = type;
    });
    handOn(change, node, old);
  }
  annotateTypes(copy.graph);
  return copy;
}

interface Change {
  readonly model: Model;
  /** How much of the axis of the batch comes before it: T where T and batch are one axis; 1 where it is not here. */
  readonly outer: Map<Value, number>;
}

type Sizes = readonly number[] | undefined;

/** Static shapes for the batch before. */
interface Old {
  readonly inputs: readonly Sizes[];
  readonly output: Sizes;
}

const sizesOf = (value: Value | undefined): Sizes => (isStatic(value?.shape) ? value.shape : undefined);
const shapesOf = (node: Node): Old => ({
  inputs: node.inputs.map(sizesOf),
  output: sizesOf(node.outputs[0]),
});

/** Shapes of values between are for another batch. */
function forgetTypes({ graph }: Model): void {
  for (const { outputs } of graph.nodes)
    for (const value of outputs) if (value.type) value.type = { dtype: value.dtype, shape: undefined };
}

/** The axis that the batch changed, and by how much. */
function changed(old: Sizes, value: Value | undefined): { axis: number; ratio: number } | undefined {
  const sizes = sizesOf(value);
  if (!old || old.length !== sizes?.length) return undefined;
  const axis = sizes.findIndex((size, i) => size !== old[i]);
  return axis < 0 ? undefined : { axis, ratio: sizes[axis]! / old[axis]! };
}

/** An axis that passes through as it is keeps what comes before the batch in it. */
function handOn({ outer }: Change, node: Node, { inputs, output }: Old): void {
  const made = changed(output, node.outputs[0]);
  if (!made || isOp(node, 'Reshape')) return;
  for (const [i, value] of node.inputs.entries()) {
    const from = changed(inputs[i], value);
    const before = value && outer.get(value);
    if (from && before !== undefined && inputs[i]![from.axis] === output![made.axis])
      outer.set(node.output(), before);
  }
}

type Rule = (change: Change, node: Node, old: Old) => void;

/**
 * Row-major order stays, so the batch can be put at the start of the axis before which as many elements are as before it,
 * or at the end of the axis before that: the former, unless that is the last axis, whose size (features) weights expect.
 */
const growTarget: Rule = ({ model: { graph }, outer }, node, { inputs, output }) => {
  const from = changed(inputs[0], node.input(0));
  if (!from || !output || !constantOf(node.inputs[1])) return;
  const position = product(inputs[0]!.slice(0, from.axis)) * (outer.get(node.input(0)) ?? 1);
  const startOf = (axis: number): number => product(output.slice(0, axis));
  const axes = [...output.keys()];
  const starting = axes.filter((axis) => startOf(axis) === position);
  const ending = axes.filter((axis) => startOf(axis + 1) === position);
  const axis =
    starting.find((candidate) => output[candidate] === 1) ??
    starting.find((candidate) => candidate < output.length - 1) ??
    ending.at(-1) ??
    starting[0];
  const size = axis !== undefined && output[axis]! * from.ratio;
  if (axis === undefined || !Number.isInteger(size)) return;
  const target = output.map((old, i) => (i === axis ? Number(size) : old));
  node.setInput(
    1,
    graph.addInitializer(new Value(graph.uniqueName('batch_shape'), undefined, int64(target))),
  );
  if (!starting.includes(axis)) outer.set(node.output(), output[axis]!);
};

const int64 = (numbers: readonly number[]): Tensor => Tensor.of('int64', [...numbers]);

/** Expands an input of a node to `size` along an axis where it has 1. */
function repeat(
  graph: Graph,
  node: Node,
  { index, axis, size }: { index: number; axis: number; size: number },
): void {
  const value = node.input(index);
  const shape = sizesOf(value)!.with(axis, size);
  const target = graph.addInitializer(new Value(graph.uniqueName('batch_shape'), undefined, int64(shape)));
  const repeated = new Value(graph.uniqueName(`${value.name}_repeated`), { dtype: value.dtype, shape });
  const parts = { opType: 'Expand', name: repeated.name, inputs: [value, target], outputs: [repeated] };
  graph.insert(new Node(parts), node);
  node.setInput(index, repeated);
}

/** What is joined to each sample, such as the class token of a vision transformer, is there once for a batch of 1. */
const repeatJoined: Rule = ({ model: { graph } }, node, { inputs }) => {
  const batch = node.inputs.flatMap((value, i) => changed(inputs[i], value)?.axis ?? [])[0];
  const wanted = node.inputs.find((value, i) => changed(inputs[i], value));
  if (batch === undefined || !wanted) return;
  for (const [i, value] of node.inputs.entries()) {
    const old = inputs[i];
    if (!value || !old || old[batch] !== 1 || changed(old, value)) continue;
    repeat(graph, node, { index: i, axis: batch, size: sizesOf(wanted)![batch]! });
  }
};

/** Constant initial states [directions, batch, hidden], axis 0 and 1 swapped for layout 1: those of a batch of 1. */
const repeatStates: Rule = ({ model: { graph } }, node, old) => {
  const batch = node.int('layout', 0) === 1 ? 0 : 1;
  const from = changed(old.inputs[0], node.input(0));
  if (from?.axis !== batch) return;
  for (const index of [5, 6]) {
    const value = node.inputs[index];
    const shape = old.inputs[index];
    if (!value || !shape || shape[batch] !== 1 || changed(shape, value)) continue;
    repeat(graph, node, { index, axis: batch, size: sizesOf(node.input(0))![batch]! });
  }
};

const rules: Readonly<Record<string, Rule | undefined>> = {
  Reshape: growTarget,
  Concat: repeatJoined,
  LSTM: repeatStates,
  GRU: repeatStates,
  RNN: repeatStates,
};
