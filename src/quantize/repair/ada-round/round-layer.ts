import { setImmediate as turn } from 'node:timers/promises';
import { Tensor } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { random } from '../../../random.ts';
import { InferenceSession, isBusyMachine } from '../../../runtime/index.ts';
import type { WeightEncoding } from '../../encodings.ts';
import type { LayerData, Rows } from '../layers/layer-data.ts';
import { perChannel, toColumns, type WeightedLayer } from '../layers/weighted-layer.ts';
import { flipDescent } from './flip-descent.ts';
import { RowOrder } from './row-order.ts';
import { type Annealing, betaAt } from './schedule.ts';
import { flat, hardened, regularizerRates, type SoftWeights, softWeights } from './soft-rounding.ts';
import { optimizer, type RoundingProblem, roundingGraph } from './step-graph.ts';

export interface RoundingOptions {
  readonly annealing: Annealing;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Weight of the regularizer against errors that are 1 when one average weight of a channel goes to its other integer. */
  readonly regularization: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Told the iterations done. */
  readonly onStep?: (done: number) => void;
}

export interface LayerSubject {
  readonly layer: WeightedLayer;
  readonly data: LayerData;
  /** Rows that the rounding is chosen on. */
  readonly rows: Rows;
  readonly encoding: WeightEncoding;
  readonly opset: number;
}

export interface Rounding {
  /** Integers [groups, columns, channels]. */
  readonly integers: Float32Array<ArrayBuffer>;
  /** [groups, channels]. */
  readonly bias: Float32Array<ArrayBuffer> | undefined;
}

/** Optimizes how the weights of one layer are rounded, in steps on onnxruntime. Deterministic for a seed. */
export async function roundLayer(subject: LayerSubject, options: RoundingOptions): Promise<Rounding> {
  const { layer, encoding } = subject;
  const scales = perChannel(layer, encoding.weight.scales);
  const { channels, columns } = layer;
  const scaleAt = (i: number): number =>
    scales[Math.floor(i / (columns * channels)) * channels + (i % channels)]!;
  const real = toColumns(layer, layer.weight.data as Float32Array);
  const soft = softWeights(real, scaleAt, encoding.integers);
  const run = new RoundingRun(subject, { soft, scales, options });
  try {
    await run.steps();
  } finally {
    await run.release();
  }
  const integers = hardened(soft, run.variables);
  const bias = encoding.bias && perChannel(layer, encoding.bias);
  await flipDescent(subject, { floor: soft.floor, integers, bias }, options.signal);
  return { integers, bias };
}

/** How long one call into the runtime may take, in ms. */
const callDuration = 150;

interface RunSetup {
  readonly soft: SoftWeights;
  readonly scales: Float32Array;
  readonly options: RoundingOptions;
}

class RoundingRun {
  readonly #problem: RoundingProblem;
  readonly #options: RoundingOptions;
  readonly #feeds: Readonly<Record<string, Tensor>>;
  readonly #order: RowOrder;
  #state: Record<string, Tensor>;
  #session: { readonly regularized: boolean; readonly session: InferenceSession } | undefined;
  #stepsPerCall = 4;
  done = 0;

  constructor({ layer, data, rows, encoding, opset }: LayerSubject, { soft, scales, options }: RunSetup) {
    const { input, target } = data;
    const batchSize = Math.min(options.batchSize, rows.to - rows.from);
    const weights = errorWeights(layer, data, scales);
    const bias = encoding.bias && perChannel(layer, encoding.bias);
    this.#problem = { layer, opset, rows: data.rows, batchSize, floor: soft.floor, scales, bias, weights };
    this.#options = options;
    this.#feeds = { input, target };
    this.#order = new RowOrder(rows, random(options.seed));
    const zeros = (): Tensor => Tensor.of('float32', new Float32Array(soft.floor.length));
    this.#state = {
      variables: Tensor.of('float32', soft.variables),
      ...Object.fromEntries(optimizer.states.map((name) => [name, zeros()])),
    };
  }

  get variables(): Float32Array {
    return this.#state.variables!.data as Float32Array;
  }

  async steps(): Promise<void> {
    const { annealing, signal, onStep } = this.#options;
    while (this.done < annealing.iterations) {
      signal?.throwIfAborted();
      await this.#call(annealing);
      onStep?.(this.done);
      // With all of h at an end every gradient is 0: nothing will change any more.
      if (this.variables.every((v) => Math.abs(v) >= flat)) break;
      await turn();
    }
  }

  async release(): Promise<void> {
    await this.#session?.session.release();
    this.#session = undefined;
  }

  async #call(annealing: Annealing): Promise<void> {
    const regularized = betaAt(annealing, this.done) !== undefined;
    const session = await this.#sessionFor(regularized);
    const phaseEnd = regularized ? annealing.iterations : Math.ceil(annealing.iterations * annealing.warmUp);
    const count = Math.min(this.#stepsPerCall, phaseEnd - this.done);
    const started = performance.now();
    const chosen = this.#order.take(count * this.#problem.batchSize);
    const results = await session.run({
      ...this.#feeds,
      ...this.#state,
      ...this.#rates(count),
      chosen: Tensor.of('int64', chosen, [count, this.#problem.batchSize]),
    });
    this.#state = Object.fromEntries(Object.keys(this.#state).map((name) => [name, results[`${name}'`]!]));
    this.done += count;
    const perStep = (performance.now() - started) / count;
    this.#stepsPerCall = Math.max(1, Math.min(256, Math.round(callDuration / perStep)));
  }

  #rates(count: number): Record<string, Tensor> {
    const { annealing, learningRate, regularization } = this.#options;
    const steps = Array.from({ length: count }, (_, i) => {
      const beta = betaAt(annealing, this.done + i);
      const pull = beta === undefined ? {} : regularizerRates(regularization, beta);
      return { ...optimizer.rates(learningRate, this.done + i + 1), ...pull } as Record<string, number>;
    });
    const column = (name: string) =>
      Tensor.of(
        'float32',
        steps.map((rates) => rates[name]!),
      );
    return Object.fromEntries(Object.keys(steps[0]!).map((name) => [name, column(name)]));
  }

  async #sessionFor(regularized: boolean): Promise<InferenceSession> {
    if (this.#session?.regularized === regularized) return this.#session.session;
    await this.release();
    const model = writeModel(roundingGraph(this.#problem, regularized));
    const session = await InferenceSession.create(model, {
      optimization: 'basic',
      spinning: !isBusyMachine(),
    });
    this.#session = { regularized, session };
    return session;
  }
}

/**
 * What makes the mean change of a channel's squared error 1 when one of its weights moves by one integer:
 * 1 / (scale sqrt(mean of x^2)). It leaves each channel's best rounding as it is, and the regularizer then means the
 * same in every layer and unit. [groups, channels]
 */
function errorWeights(
  { groups, columns, channels }: WeightedLayer,
  { input, rows }: LayerData,
  scales: Float32Array,
): Float32Array {
  const x = input.data as Float32Array;
  const size = rows * columns;
  const weights = new Float32Array(groups * channels);
  for (let g = 0; g < groups; g++) {
    let energy = 0;
    for (let i = g * size; i < (g + 1) * size; i++) energy += x[i]! ** 2;
    const root = Math.sqrt(energy / size) || 1;
    for (let m = g * channels; m < (g + 1) * channels; m++) weights[m] = 1 / (scales[m]! * root);
  }
  return weights;
}
