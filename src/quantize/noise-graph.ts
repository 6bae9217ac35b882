import { allValues, type Graph, type Model, type Value } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { AppendedNodes } from './appended-nodes.ts';

/** Energy of a value and of its error, summed over what was run. */
export interface Energies {
  readonly signal: number;
  readonly noise: number;
}

export interface NoisePairs {
  /** Name in the float model, name of what stands for it in the quantized one. */
  readonly compared: ReadonlyMap<string, string>;
  /** Values of the float model that a run gives whole. */
  readonly given: readonly string[];
}

export interface NoiseRun {
  readonly energies: ReadonlyMap<string, Energies>;
  /** What the float model gives. */
  readonly exact: ReadonlyMap<string, Float32Array>;
}

/**
 * Both models side by side in one graph that gives two numbers a pair: the energy of the float value, and that of its
 * difference from the quantized one. The tensors stay inside the runtime, which frees them as it goes.
 */
export class NoiseSession {
  readonly #session: InferenceSession;
  readonly #pairs: NoisePairs;

  private constructor(session: InferenceSession, pairs: NoisePairs) {
    this.#session = session;
    this.#pairs = pairs;
  }

  /** Computes as ONNX defines the operators. */
  static async create(
    models: { readonly float: Model; readonly quantized: Model },
    pairs: NoisePairs,
  ): Promise<NoiseSession> {
    const session = await InferenceSession.create(writeModel(sideBySide(models, pairs)), {
      // Extended optimizations of onnxruntime 1.27 drop values of an attention block that something else reads.
      ...{ keepQdq: true, optimization: 'basic', memoryPattern: false, spinning: !isBusyMachine() },
    });
    return new NoiseSession(session, pairs);
  }

  async run(feeds: Feeds): Promise<NoiseRun> {
    const results = await this.#session.run(feeds);
    const number = (name: string) => (results[name]!.data as Float32Array)[0]!;
    const { compared, given } = this.#pairs;
    const energies = Array.from(
      compared.keys(),
      (name) => [name, { signal: number(`signal/${name}`), noise: number(`noise/${name}`) }] as const,
    );
    return {
      energies: new Map(energies),
      exact: new Map(given.map((name) => [name, results[`exact/${name}`]!.data as Float32Array])),
    };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function sideBySide(
  models: { readonly float: Model; readonly quantized: Model },
  { compared, given }: NoisePairs,
): Model {
  const [float, quantized] = [models.float.clone(), models.quantized.clone()];
  const exact = namedValues(float.graph);
  const rounded = namedValues(quantized.graph);
  for (const value of allValues(float.graph)) value.name = `float/${value.name}`;
  const shared = join(quantized.graph, float.graph, rounded);
  const nodes = new AppendedNodes(quantized.graph, quantized.opset);
  const outputs: Value[] = [];
  // The last pair first: so onnxruntime reduces each value as soon as it is there, and frees it.
  const original = (name: string) => shared.get(exact.get(name)!) ?? exact.get(name)!;
  for (const [name, twin] of [...compared].reverse()) {
    const y = rounded.get(twin)!;
    const x = original(name);
    const error = nodes.add('Sub', [x, y], { name: `error/${name}` });
    outputs.push(energy(nodes, x, `signal/${name}`), energy(nodes, error, `noise/${name}`));
  }
  for (const name of given) outputs.push(whole(nodes, original(name), `exact/${name}`));
  quantized.graph.outputs.splice(0, quantized.graph.outputs.length, ...outputs);
  quantized.irVersion = Math.max(quantized.irVersion, float.irVersion);
  return quantized;
}

/** The value under another name. */
function whole(nodes: AppendedNodes, value: Value, name: string): Value {
  const output = nodes.add('Identity', [value], { name });
  output.type = { dtype: 'float32', shape: undefined };
  return output;
}

/** Sum of squares as one number. */
function energy(nodes: AppendedNodes, value: Value, name: string): Value {
  const flat = nodes.add('Reshape', [value, nodes.int64s([-1])], { name: `flat/${name}` });
  const output = nodes.add('ReduceSumSquare', [flat], { name });
  output.type = { dtype: 'float32', shape: [1] };
  return output;
}

const namedValues = (graph: Graph): Map<string, Value> =>
  new Map([...graph.values()].map((value) => [value.name, value]));

/** Moves `guest` into `graph`, where it reads the inputs of that. Gives what stands for its own inputs. */
function join(graph: Graph, guest: Graph, own: ReadonlyMap<string, Value>): Map<Value, Value> {
  const shared = new Map<Value, Value>();
  for (const input of guest.inputs) {
    const twin = own.get(input.name.slice('float/'.length));
    if (!twin) graph.inputs.push(input);
    else {
      guest.replaceUses(input, twin);
      shared.set(input, twin);
    }
  }
  for (const value of guest.initializers.values()) graph.addInitializer(value);
  for (const node of [...guest.nodes]) {
    node.name = node.name && `float/${node.name}`;
    graph.insert(node);
  }
  return shared;
}
