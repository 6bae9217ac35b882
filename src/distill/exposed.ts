import { type GraphBuilder, type Model, Tensor, type Value } from '../ir/index.ts';
import { createBuilder } from '../ops/index.ts';
import { random } from '../random.ts';

/** A copy of a model that gives more than its first output, and can be made the model again. */
export class Exposed {
  readonly model: Model;
  readonly #outputs: readonly string[];
  readonly #added = { nodes: new Set<string>(), constants: new Set<string>() };
  readonly #g: GraphBuilder;

  /** Keeps only the first output. */
  constructor(given: Model) {
    this.model = given.clone();
    const { graph } = this.model;
    this.#outputs = graph.outputs.map(({ name }) => name);
    graph.outputs.splice(1);
    this.#g = createBuilder({ graph, prefix: 'distill/' });
  }

  /** Makes a value an output; returns which one it is. */
  output(name: string): number {
    const { outputs } = this.model.graph;
    const known = outputs.findIndex((output) => output.name === name);
    return known >= 0 ? known : outputs.push(this.model.graph.value(name)!) - 1;
  }

  /**
   * Makes a linear map of the channels of a value [B,C,H,W], [B,T,C] or [B,C] to `channels` an output: a convolution with
   * a kernel of 1 or a matrix product, its weights of variance 1 / C, its bias 0. Returns which output it is.
   */
  projection(name: string, { channels, seed }: { channels: number; seed: number }): number {
    const { graph } = this.model;
    const value = graph.value(name)!;
    const { shape } = value;
    const isImage = shape!.length === 4;
    const before = Number(shape![isImage ? 1 : shape!.length - 1]);
    const source = random(seed);
    const data = Float32Array.from({ length: before * channels }, () => source.normal() / Math.sqrt(before));
    const sizes = isImage ? [channels, before, 1, 1] : [before, channels];
    const weight = this.#constant('weight', Tensor.of('float32', data, sizes));
    const bias = this.#constant('bias', Tensor.of('float32', new Float32Array(channels)));
    const count = graph.nodes.length;
    const projected = isImage
      ? this.#g.op('Conv', [value, weight, bias])
      : this.#g.op('Add', [this.#g.op('MatMul', [value, weight]), bias]);
    for (const node of graph.nodes.slice(count)) this.#added.nodes.add(node.name);
    return graph.outputs.push(projected) - 1;
  }

  #constant(what: string, tensor: Tensor): Value {
    const name = this.model.graph.uniqueName(`distill/projector.${what}`);
    this.#added.constants.add(name);
    return this.#g.initializer(name, tensor);
  }

  /** A copy of a trained form of the model without what was added, outputs as they were. */
  restored(trained: Model): Model {
    const copy = trained.clone();
    const { graph } = copy;
    const values = new Map([...graph.values()].map((value) => [value.name, value]));
    graph.outputs.splice(0, graph.outputs.length, ...this.#outputs.map((name) => values.get(name)!));
    graph.remove(...graph.nodes.filter(({ name }) => this.#added.nodes.has(name)));
    for (const name of this.#added.constants) graph.initializers.delete(name);
    return copy;
  }
}
