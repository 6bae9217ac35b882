import { ModelError, nearest } from '../errors.ts';
import { type Graph, type Model, usedValues, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { Rewriting } from './pass.ts';
import { removeUnusedPass } from './remove-unused.ts';

/** Which part of a model to take, by the names of its values. */
export interface ExtractOptions {
  /** What a caller feeds. Default: those inputs of the model that the outputs need. */
  readonly inputs?: readonly string[];
  /** What the part gives. Default: the outputs of the model. */
  readonly outputs?: readonly string[];
}

/**
 * The part of a model between values: nodes and constants that the outputs need, from the inputs on. Values inside the
 * graph become inputs and outputs with the types that they have or that can be inferred. Throws ModelError for a name
 * that the graph has not, for a constant as input, and for an output that needs a feed besides the inputs.
 */
export function extract(model: Model, { inputs, outputs }: ExtractOptions = {}): Model {
  const rewriting = new Rewriting(model);
  rewriting.annotate();
  const { graph } = rewriting;
  if (outputs) graph.outputs.splice(0, graph.outputs.length, ...outputs.map((name) => find(graph, name)));
  const given = inputs?.map((name) => asInput(find(graph, name), rewriting));
  removeUnusedPass.run(rewriting);
  const needed = graph.inputs.filter((input) => input.uses.length > 0 || graph.outputs.includes(input));
  for (const feed of needed) if (given && !given.includes(feed) && !feed.tensor) throw missing(feed, given);
  graph.inputs.splice(0, graph.inputs.length, ...(given ?? needed));
  return rewriting.finish();
}

/** The input that stands for a value: itself if it is one, else a new one of its name, for all that read it. */
function asInput(value: Value, rewriting: Rewriting): Value {
  const { graph } = rewriting;
  if (graph.inputs.includes(value)) return value;
  const { name, type } = value;
  if (constantOf(value))
    throw new ModelError(`Input '${name}' must be computed or fed, is a constant`, { value: name });
  value.name = rewriting.uniqueName(name);
  const input = new Value(name, type);
  graph.replaceUses(value, input);
  return input;
}

/** A model cut in two at values: the second part goes on where the first one ends. */
export interface CutModel {
  /** From the inputs to the values of the cut, and to the outputs that lie before it. */
  readonly head: Model;
  /** From the values of the cut, and the inputs that it needs besides them, to the other outputs. */
  readonly tail: Model;
}

/**
 * Cuts a model in two at values named `at`, for example to run the first part on a device and the second elsewhere.
 * Throws ModelError for a name that the graph has not, and if no output depends on the values.
 */
export function cut(model: Model, at: readonly string[]): CutModel {
  const { graph } = model;
  const points = at.map((name) => find(graph, name));
  const behind = new Set<Value>(points);
  for (const node of graph.nodes)
    if ([...usedValues(node)].some((value) => behind.has(value)))
      for (const output of node.outputs) behind.add(output);
  const after = graph.outputs.filter((output) => behind.has(output) && !points.includes(output));
  if (after.length === 0)
    throw new ModelError(`The cut at ${quoted(points)} must have an output behind it, has none`);
  const before = graph.outputs.filter((output) => !after.includes(output) && !points.includes(output));
  const names = (values: readonly Value[]) => values.map(({ name }) => name);
  const feeds = graph.feeds.filter((input) => !points.includes(input));
  const tail = extract(model, { inputs: [...at, ...names(feeds)], outputs: names(after) });
  const unread = (input: Value) => input.uses.length === 0 && !at.includes(input.name);
  const read = tail.graph.inputs.filter((input) => !unread(input));
  tail.graph.inputs.splice(0, tail.graph.inputs.length, ...read);
  return { head: extract(model, { outputs: [...at, ...names(before)] }), tail };
}

function find(graph: Graph, name: string): Value {
  const value = graph.value(name);
  if (value) return value;
  const names = Array.from(graph.values(), (one) => one.name);
  const near = nearest(name, names);
  throw new ModelError(
    `Graph '${graph.name}' has no value '${name}'${near ? `, did you mean '${near}'?` : `; print(model) lists its ${names.length} values`}`,
    { value: name },
  );
}

function missing(feed: Value, given: readonly Value[]): ModelError {
  return new ModelError(
    `The outputs need input '${feed.name}' besides ${quoted(given)}; add it to the inputs, or take outputs that do not need it`,
    { value: feed.name },
  );
}

const quoted = (values: readonly Value[]): string =>
  values.map(({ name }) => `'${name}'`).join(', ') || 'none';
