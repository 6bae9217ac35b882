import { setImmediate as turn } from 'node:timers/promises';
import { ModelError, UsageError } from '../errors.ts';
import type { Model, Node, Tensor } from '../ir/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { type Cpu, cpuOf } from './cpu.ts';
import { Island } from './island.ts';
import type { Kernel, KernelContext } from './kernel.ts';
import { lower } from './lower.ts';
import type { Multiply } from './multiply.ts';
import { simulatedOps } from './ops/index.ts';
import { type Stage, stagesOf } from './stages.ts';
import { simulationWarnings } from './warnings.ts';

/** Sees the products of a node that `cpu` would sum with `multiply`, and may sum them otherwise. */
export type ProductHook = (node: Node, multiply: Multiply) => Multiply;

export interface SimulatorOptions {
  /** Default `vnni`. */
  readonly cpu?: string | Cpu;
  /** Inner values to give besides the outputs: names of the lowered graph. */
  readonly fetches?: readonly string[];
  readonly onProducts?: ProductHook;
}

const byType = new Map(simulatedOps.map((op) => [op.type, op]));

/**
 * Runs a quantized model as another processor would, integer by integer. What computes in float32, and operators that
 * only move numbers and have no kernel here, run in onnxruntime on this machine. Release it when done.
 */
export class Simulator {
  readonly cpu: Cpu;
  /** The graph that is run, as onnxruntime made it. */
  readonly lowered: Model;
  /** Nodes whose integers are computed here. */
  readonly simulated: readonly Node[];
  /** What is not known of the processor, and was taken from this machine or another rule. */
  readonly warnings: readonly string[];
  readonly #kernels: ReadonlyMap<Node, Kernel>;
  readonly #stages: readonly { readonly island: Island | undefined; readonly simulated: readonly Node[] }[];
  readonly #wanted: ReadonlySet<string>;

  private constructor(
    cpu: Cpu,
    lowered: Model,
    kernels: ReadonlyMap<Node, Kernel>,
    wanted: ReadonlySet<string>,
  ) {
    this.cpu = cpu;
    this.lowered = lowered;
    this.simulated = [...kernels.keys()];
    this.warnings = simulationWarnings(lowered.graph.nodes, new Set(kernels.keys()), cpu);
    this.#kernels = kernels;
    this.#wanted = wanted;
    const toStage = ({ island, simulated }: Stage) => ({
      island: island.length > 0 ? new Island(lowered, island, wanted) : undefined,
      simulated,
    });
    this.#stages = stagesOf(lowered.graph, (node) => kernels.has(node)).map(toStage);
  }

  /** Prepares a quantized model. Throws ModelError if it has no integer operator, UsageError for an unknown name. */
  static async create(model: Model, options: SimulatorOptions = {}): Promise<Simulator> {
    const cpu = typeof options.cpu === 'object' ? options.cpu : cpuOf(options.cpu ?? 'vnni');
    const lowered = await lower(model, cpu.optimization);
    const names = new Set([...lowered.graph.values()].map(({ name }) => name));
    for (const name of options.fetches ?? [])
      if (!names.has(name)) throw UsageError.unknown('value', name, names);
    const context: KernelContext = {
      arithmetic: cpu.arithmetic,
      multiply: (node, types) => {
        const multiply = cpu.multiply(types);
        return options.onProducts?.(node, multiply) ?? multiply;
      },
    };
    const kernels = new Map<Node, Kernel>();
    for (const node of lowered.graph.nodes) {
      const kernel = await byType.get(node.opType)?.prepare(node, context);
      if (kernel) kernels.set(node, kernel);
    }
    checkQuantized([...kernels.keys()]);
    const outputs = lowered.graph.outputs.map(({ name }) => name);
    return new Simulator(cpu, lowered, kernels, new Set([...outputs, ...(options.fetches ?? [])]));
  }

  /** The outputs and the fetched values for one batch. Throws ModelError if a feed is missing. */
  async run(feeds: Feeds, signal?: AbortSignal): Promise<Record<string, Tensor>> {
    const { graph } = this.lowered;
    const values = new Map<string, Tensor>();
    for (const { name, tensor } of graph.initializers.values()) values.set(name, tensor!);
    for (const { name } of graph.feeds)
      if (!feeds[name])
        throw new ModelError(
          `The model needs input '${name}', fed were: ${Object.keys(feeds).join(', ') || 'none'}`,
        );
    for (const [name, tensor] of Object.entries(feeds)) values.set(name, tensor);
    for (const { island, simulated } of this.#stages) {
      signal?.throwIfAborted();
      if (island)
        for (const [name, tensor] of Object.entries(await island.run(values))) values.set(name, tensor);
      for (const node of simulated) this.#compute(node, values);
      await turn();
    }
    return Object.fromEntries([...this.#wanted].map((name) => [name, values.get(name)!]));
  }

  #compute(node: Node, values: Map<string, Tensor>): void {
    const inputs = node.inputs.map((value) => value && values.get(value.name));
    try {
      values.set(node.output().name, this.#kernels.get(node)!(inputs));
    } catch (cause) {
      throw cause instanceof ModelError
        ? cause
        : node.error(`cannot be simulated: ${(cause as Error).message}`, cause);
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#stages.map(({ island }) => island?.release()));
  }
}

/** Nodes that are simulated in float models as well. */
const moves: ReadonlySet<string> = new Set(['Flatten', 'Reshape', 'Transpose']);

function checkQuantized(simulated: readonly Node[]): void {
  if (simulated.some(({ opType }) => !moves.has(opType))) return;
  throw new ModelError(
    'The model must compute with 8-bit integers, has no operator for which onnxruntime does: quantize it first',
  );
}
