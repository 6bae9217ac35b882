import { type Optimizer, partPrefix, type TrainingGraph } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import { type Model, Tensor, type TypedArray } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { InferenceSession, isBusyMachine } from '../runtime/index.ts';
import type { MaskChanges } from './mask-changes.ts';
import type { TrainingBatch } from './training-batches.ts';
import type { StepMetrics } from './training-report.ts';

/** How long one call into the runtime may take: the grain of progress and abort, in ms. */
const callDuration = 150;

/** The flat vectors of a training by name: `parameters`, the optimizer's, `buffers` if there are any, `mask` if it has one. */
export type TrainingState = Readonly<Record<string, Tensor>>;

export interface TrainerSetup {
  readonly optimizer: Optimizer;
  /** Steps that were taken before. */
  readonly step: number;
  readonly state: TrainingState;
  /** Masks that change between steps. */
  readonly masks?: MaskChanges | undefined;
  /** Learning rate of a step; the first is 1. */
  rate(step: number): number;
}

/** Keeps the training state between calls of the training graph. */
export class Trainer {
  readonly #session: InferenceSession;
  readonly #setup: TrainerSetup;
  #state: TrainingState;
  #step: number;
  #stepsPerCall = 1;

  private constructor(session: InferenceSession, setup: TrainerSetup) {
    this.#session = session;
    this.#setup = setup;
    this.#state = setup.state;
    this.#step = setup.step;
  }

  static async create(graph: TrainingGraph, setup: TrainerSetup): Promise<Trainer> {
    const session = await InferenceSession.create(writeModel(graph.model), {
      optimization: 'basic',
      keepQdq: true,
      spinning: !isBusyMachine(),
    });
    return new Trainer(session, setup);
  }

  get state(): TrainingState {
    return this.#state;
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /** Takes the steps of all batches, several in a call, and yields each call's metrics. */
  async *run(batches: AsyncIterable<TrainingBatch>): AsyncGenerator<Omit<StepMetrics, 'epoch'>[]> {
    let waiting: TrainingBatch[] = [];
    for await (const batch of batches) {
      waiting.push(batch);
      const isDue = this.#setup.masks?.steps.has(this.#step + waiting.length);
      if (waiting.length < this.#stepsPerCall && !isDue) continue;
      yield await this.#call(waiting);
      waiting = [];
    }
    if (waiting.length > 0) yield await this.#call(waiting);
  }

  async #call(batches: readonly TrainingBatch[]): Promise<Omit<StepMetrics, 'epoch'>[]> {
    const first = this.#step + 1;
    const { optimizer, masks } = this.#setup;
    if (masks?.steps.has(this.#step)) this.#state = await masks.at(this.#step, this.#state);
    const started = performance.now();
    const rates = batches.map((_, i) => optimizer.rates(this.#setup.rate(first + i), first + i));
    const results = await this.#session.run({ ...this.#state, ...stack(batches), ...stackRates(rates) });
    const states = Object.entries(this.#state);
    // The mask alone is not changed by steps.
    this.#state = Object.fromEntries(states.map(([name, old]) => [name, results[`${name}'`] ?? old]));
    this.#step += batches.length;
    const perStep = (performance.now() - started) / batches.length;
    this.#stepsPerCall = Math.max(1, Math.min(64, Math.round(callDuration / perStep)));
    const size = batches[0]!.images!.shape[0]!;
    const [loss, correct] = [results.loss!.data, results.correct?.data] as (Float32Array | undefined)[];
    const parts = partsOf(results);
    const bad = loss!.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) checkNumbers(batches[bad]!, first + bad);
    return batches.map((_, i) => ({
      step: first + i,
      loss: loss![i]!,
      ...(correct && { accuracy: correct[i]! / size }),
      ...(parts.length > 0 && { parts: Object.fromEntries(parts.map(([name, data]) => [name, data[i]!])) }),
    }));
  }

  /** Throws UsageError if the last step, whose loss nobody saw, led out of the finite numbers. */
  checkWeights(): void {
    if ((this.#state.parameters!.data as Float32Array).every(Number.isFinite)) return;
    throw diverged(this.#step, this.#setup.rate(this.#step));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Throws UsageError if what is fed is the cause of a loss that is no number. */
function checkNumbers(batch: TrainingBatch, step: number): void {
  for (const [name, { dtype, data }] of Object.entries(batch)) {
    if (dtype !== 'float32' || (data as Float32Array).every(Number.isFinite)) continue;
    throw new UsageError(
      `The ${name} of step ${step} must be finite numbers, hold NaN or infinity: clean the data set`,
    );
  }
}

/** The parts of the loss that a training graph tells, one number a step. */
const partsOf = (results: Readonly<Record<string, Tensor>>): (readonly [string, Float32Array])[] =>
  Object.entries(results).flatMap(([name, { data }]) =>
    name.startsWith(partPrefix) ? [[name.slice(partPrefix.length), data as Float32Array] as const] : [],
  );

export const diverged = (step: number, rate: number): UsageError =>
  new UsageError(`Training diverged at step ${step}: lower the learning rate (was ${rate})`);

/** The state before the first step: the model's weights and zero for the optimizer. */
export function initialState(
  graph: Pick<TrainingGraph, 'parameters' | 'buffers'>,
  model: Model,
  optimizer: Pick<Optimizer, 'states'>,
): TrainingState {
  const tensors = new Map([...model.graph.initializers].map(([name, value]) => [name, value.tensor!]));
  const zeros = (): Tensor => Tensor.of('float32', new Float32Array(graph.parameters.size));
  return {
    parameters: graph.parameters.pack(tensors),
    ...Object.fromEntries(optimizer.states.map((name) => [name, zeros()])),
    ...(graph.buffers.size > 0 && { buffers: graph.buffers.pack(tensors) }),
  };
}

/** A copy of the model with the weights and statistics of a state. */
export function withState(
  model: Model,
  graph: Pick<TrainingGraph, 'parameters' | 'buffers'>,
  { parameters, buffers }: TrainingState,
): Model {
  const copy = model.clone();
  const tensors = new Map([
    ...graph.parameters.unpack(parameters!),
    ...(buffers ? graph.buffers.unpack(buffers) : []),
  ]);
  for (const [name, tensor] of tensors) copy.graph.initializers.get(name)!.tensor = tensor;
  return copy;
}

/** Batches as one tensor a name, with a leading axis of steps. */
export function stack(batches: readonly TrainingBatch[]): Record<string, Tensor> {
  const entries = Object.entries(batches[0]!).map(([name, { dtype, shape, size, data }]) => {
    const all = new (data.constructor as new (length: number) => TypedArray)(batches.length * size);
    for (const [i, batch] of batches.entries()) all.set(batch[name]!.data as never, i * size);
    return [name, Tensor.of(dtype, all, [batches.length, ...shape])] as const;
  });
  return Object.fromEntries(entries);
}

/** The rates of several steps as one vector a name. */
export function stackRates(steps: readonly Readonly<Record<string, number>>[]): Record<string, Tensor> {
  const names = Object.keys(steps[0]!);
  return Object.fromEntries(
    names.map((name) => [
      name,
      Tensor.of(
        'float32',
        steps.map((rates) => rates[name]!),
      ),
    ]),
  );
}
