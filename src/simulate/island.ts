import { Graph, Model, type Node, usedValues, Value } from '../ir/index.ts';
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

  /** A model of these nodes alone, only to be written: it borrows them, since a copy of the graph for each island takes long. */
  #part(feeds: Feeds): Model {
    const graph = new Graph();
    const { opsets, irVersion } = this.#model;
    for (const name of this.inputs) {
      const { dtype, shape } = feeds[name]!;
      graph.inputs.push(new Value(name, { dtype, shape: shape.map(() => null) }));
    }
    for (const node of this.nodes) {
      graph.insert(node);
      for (const value of usedValues(node)) if (value.tensor) graph.addInitializer(value);
      graph.outputs.push(...node.outputs.filter(({ name }) => this.outputs.includes(name)));
    }
    const part = new Model(graph);
    for (const [domain, version] of opsets) part.opsets.set(domain, version);
    part.irVersion = irVersion;
    part.functions.push(...this.#model.functions);
    return part;
  }
}
