import { type Model, type Node, Value } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession } from '../runtime/index.ts';
import { outsideInputs } from './stages.ts';

/** Nodes of a lowered graph that onnxruntime runs as they are: float ones, and those that only move numbers. */
export class Island {
  readonly nodes: readonly Node[];
  /** Names of the values that it needs. */
  readonly inputs: readonly string[];
  /** Names of the values that it gives. */
  readonly outputs: readonly string[];
  readonly #model: Model;
  #session: InferenceSession | undefined;

  constructor(model: Model, nodes: readonly Node[], wanted: ReadonlySet<string>) {
    this.#model = model;
    this.nodes = nodes;
    this.inputs = [...outsideInputs(nodes)].map(({ name }) => name);
    const own = new Set(nodes);
    const { outputs } = model.graph;
    const leaves = (value: Value) =>
      wanted.has(value.name) || outputs.includes(value) || value.uses.some((use) => !own.has(use.node));
    this.outputs = nodes.flatMap((node) =>
      node.outputs.filter((value) => value.name && leaves(value)).map(({ name }) => name),
    );
  }

  /** Runs the nodes. The session is made at the first call, when the types of the inputs are known. */
  async run(values: ReadonlyMap<string, Feeds[string]>): Promise<Feeds> {
    const feeds = Object.fromEntries(this.inputs.map((name) => [name, values.get(name)!]));
    this.#session ??= await InferenceSession.create(writeModel(this.#part(feeds)), {
      optimization: 'disabled',
    });
    return this.#session.run(feeds, this.outputs);
  }

  async release(): Promise<void> {
    await this.#session?.release();
    this.#session = undefined;
  }

  /** A model of these nodes alone. */
  #part(feeds: Feeds): Model {
    const part = this.#model.clone();
    const { graph } = part;
    const kept = new Set(this.nodes.map((node) => node.outputs[0]!.name));
    const byName = new Map([...graph.values()].map((value) => [value.name, value]));
    graph.outputs.splice(0, graph.outputs.length, ...this.outputs.map((name) => byName.get(name)!));
    graph.inputs.length = 0;
    for (const name of this.inputs) {
      const { dtype, shape } = feeds[name]!;
      const input = new Value(name, { dtype, shape: shape.map(() => null) });
      graph.replaceUses(byName.get(name)!, input);
      graph.inputs.push(input);
    }
    graph.remove(...graph.nodes.filter((node) => !kept.has(node.outputs[0]!.name)));
    for (const [name, value] of graph.initializers)
      if (value.uses.length === 0) graph.initializers.delete(name);
    return part;
  }
}
