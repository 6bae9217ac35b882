import { adam, type Optimizer, sgd, type TrainingGraph, trainingGraph } from '../autodiff/index.ts';
import type { Batch, Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { formatShape, isStatic, type Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { constantsToInitializers } from '../passes/index.ts';
import type { Progress, WorkOptions } from '../report.ts';
import { InferenceSession } from '../runtime/index.ts';
import { type StepMetrics, TrainingReport } from './training-report.ts';

/** Progress of a training run, with the steps since it was told last. */
export interface FitProgress extends Progress {
  readonly steps: readonly StepMetrics[];
}

export interface FitOptions extends Omit<WorkOptions, 'onProgress'> {
  readonly onProgress?: (progress: FitProgress) => void;
  /** Passes over the training split. Default 1. */
  readonly epochs?: number;
  /** Samples per step. Default 64; a rest that does not fill a batch is left out of the epoch. */
  readonly batchSize?: number;
  /** `adam` (default), `sgd` (momentum 0.9), or one of your own. */
  readonly optimizer?: 'adam' | 'sgd' | Optimizer;
  /** Default 1e-3 for adam, 0.02 for sgd. */
  readonly learningRate?: number;
  /** Orders the samples of each epoch. Default 0. */
  readonly seed?: number;
  /** Use only the first samples of the split. */
  readonly limit?: number;
}

/**
 * Trains a model's float weights on the training split by softmax cross-entropy; returns a new model of the same graph,
 * in which initializers hold what Constant nodes held. Throws UsageError if data and model do not fit, an option is out
 * of range or the loss is no longer finite, ModelError for an operator without gradient, and the signal's reason
 * when aborted. Input float32 [N,...sample], output class scores float32 [N,classes].
 */
export async function fit(
  model: Model,
  data: Dataset,
  options: FitOptions = {},
): Promise<{ model: Model; report: TrainingReport }> {
  const { batchSize = 64, epochs = 1, seed = 0, limit } = options;
  const rate = chosenRate(options);
  checkOptions({ epochs, batchSize, limit, rate });
  checkFit(model, data);
  const total = epochs * countSteps(Math.min(limit ?? Infinity, data.size('train')), batchSize);
  const optimizer = chosenOptimizer(options);
  const start = constantsToInitializers(model);
  const graph = trainingGraph(start, { optimizer, batchSize });
  const trainer = await Trainer.create(graph, { model: start, optimizer, learningRate: rate });
  const history: StepMetrics[] = [];
  const started = performance.now();
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const batches = data.batches('train', { batchSize, limit, shuffle: seed + epoch, dropLast: true });
      for await (const metrics of trainer.run(batches)) {
        options.signal?.throwIfAborted();
        checkLosses(metrics, rate);
        const steps = metrics.map((step) => ({ ...step, epoch: epoch + 1 }));
        history.push(...steps);
        options.onProgress?.({ done: history.length, total, message: describe(history), steps });
      }
    }
    trainer.checkWeights();
    const seconds = (performance.now() - started) / 1000;
    return {
      model: trainer.trainedModel(),
      report: new TrainingReport({ history, batchSize, seconds, optimizer: optimizer.name }),
    };
  } finally {
    await trainer.release();
  }
}

function countSteps(samples: number, batchSize: number): number {
  if (samples >= batchSize) return Math.floor(samples / batchSize);
  throw new UsageError(
    `The training split must have at least one batch of ${batchSize}, has ${samples} samples. Lower the batch size`,
  );
}

interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly limit: number | undefined;
  readonly rate: number;
}

function checkOptions({ rate, ...counts }: Settings): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1)) continue;
    throw new UsageError(`'${name}' must be a whole number of 1 or more, was ${count}`);
  }
  if (Number.isFinite(rate) && rate > 0) return;
  throw new UsageError(`'learningRate' must be a finite number above 0, was ${rate}`);
}

function checkFit(model: Model, data: Dataset): void {
  const input = model.graph.feeds[0];
  const sample = input?.shape?.slice(1);
  const fits =
    isStatic(sample) &&
    sample.length === data.sampleShape.length &&
    sample.every((d, i) => d === data.sampleShape[i]);
  if (!fits) {
    throw new UsageError(
      `Data set '${data.name}' does not fit the model: input '${input?.name}' takes samples of ${formatShape(sample)}, ` +
        `the data has ${formatShape(data.sampleShape)}. Choose another data set or change the model's input`,
    );
  }
  const classes = model.graph.outputs[0]?.shape?.[1];
  if (typeof classes === 'number' && classes < data.classNames.length) {
    throw new UsageError(
      `The model tells ${classes} classes apart, '${data.name}' has ${data.classNames.length}`,
    );
  }
}

const chosenOptimizer = ({ optimizer = 'adam' }: FitOptions): Optimizer =>
  typeof optimizer === 'object' ? optimizer : optimizer === 'sgd' ? sgd() : adam();

const chosenRate = ({ optimizer, learningRate }: FitOptions): number =>
  learningRate ?? (optimizer === 'sgd' ? 0.02 : 1e-3);

function checkLosses(metrics: readonly Pick<StepMetrics, 'step' | 'loss'>[], rate: number): void {
  const bad = metrics.find(({ loss }) => !Number.isFinite(loss));
  if (bad) throw diverged(bad.step, rate);
}

const diverged = (step: number, rate: number): UsageError =>
  new UsageError(`Training diverged at step ${step}: lower the learning rate (was ${rate})`);

function describe(history: readonly StepMetrics[]): string {
  const recent = history.slice(-50);
  const mean = (key: 'loss' | 'accuracy'): number =>
    recent.reduce((sum, step) => sum + step[key], 0) / recent.length;
  return `loss ${mean('loss').toFixed(3)}, accuracy ${(100 * mean('accuracy')).toFixed(1)} %`;
}

/** How long one call into the runtime may take: the grain of progress and abort, in ms. */
const callDuration = 150;

interface TrainerSetup {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
}

/** Keeps the training state between calls of the training graph. */
class Trainer {
  readonly #graph: TrainingGraph;
  readonly #session: InferenceSession;
  readonly #setup: TrainerSetup;
  #state: Record<string, Tensor>;
  #step = 0;
  #stepsPerCall = 1;

  private constructor(graph: TrainingGraph, session: InferenceSession, setup: TrainerSetup) {
    this.#graph = graph;
    this.#session = session;
    this.#setup = setup;
    this.#state = initialState(graph, setup);
  }

  static async create(graph: TrainingGraph, setup: TrainerSetup): Promise<Trainer> {
    const session = await InferenceSession.create(writeModel(graph.model), {
      optimization: 'basic',
      keepQdq: true,
    });
    return new Trainer(graph, session, setup);
  }

  /** Takes the steps of all batches, several in a call, and yields each call's metrics. */
  async *run(batches: AsyncIterable<Batch>): AsyncGenerator<Omit<StepMetrics, 'epoch'>[]> {
    let waiting: Batch[] = [];
    for await (const batch of batches) {
      waiting.push(batch);
      if (waiting.length < this.#stepsPerCall) continue;
      yield await this.#call(waiting);
      waiting = [];
    }
    if (waiting.length > 0) yield await this.#call(waiting);
  }

  async #call(batches: readonly Batch[]): Promise<Omit<StepMetrics, 'epoch'>[]> {
    const started = performance.now();
    const first = this.#step + 1;
    const results = await this.#session.run({
      ...this.#state,
      ...stack(batches),
      ...this.#rates(first, batches.length),
    });
    for (const name of Object.keys(this.#state)) this.#state[name] = results[`${name}'`]!;
    this.#step += batches.length;
    const perStep = (performance.now() - started) / batches.length;
    this.#stepsPerCall = Math.max(1, Math.min(64, Math.round(callDuration / perStep)));
    const size = batches[0]!.labels.size;
    const [loss, correct] = [results.loss!.data as Float32Array, results.correct!.data as Float32Array];
    return batches.map((_, i) => ({ step: first + i, loss: loss[i]!, accuracy: correct[i]! / size }));
  }

  #rates(first: number, count: number): Record<string, Tensor> {
    const { optimizer, learningRate } = this.#setup;
    const steps = Array.from({ length: count }, (_, i) => optimizer.rates(learningRate, first + i));
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

  /** Throws UsageError if the last step, whose loss nobody saw, led out of the finite numbers. */
  checkWeights(): void {
    const { parameters } = this.#state;
    if ((parameters!.data as Float32Array).every(Number.isFinite)) return;
    throw diverged(this.#step, this.#setup.learningRate);
  }

  trainedModel(): Model {
    const model = this.#setup.model.clone();
    const tensors = new Map([
      ...this.#graph.parameters.unpack(this.#state.parameters!),
      ...(this.#state.buffers ? this.#graph.buffers.unpack(this.#state.buffers) : []),
    ]);
    for (const [name, tensor] of tensors) model.graph.initializers.get(name)!.tensor = tensor;
    return model;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function initialState(
  graph: TrainingGraph,
  { model, optimizer }: { model: Model; optimizer: Optimizer },
): Record<string, Tensor> {
  const tensors = new Map([...model.graph.initializers].map(([name, value]) => [name, value.tensor!]));
  const zeros = (): Tensor => Tensor.of('float32', new Float32Array(graph.parameters.size));
  return {
    parameters: graph.parameters.pack(tensors),
    ...Object.fromEntries(optimizer.states.map((name) => [name, zeros()])),
    ...(graph.buffers.size > 0 && { buffers: graph.buffers.pack(tensors) }),
  };
}

/** Batches as one tensor with a leading axis of steps. */
function stack(batches: readonly Batch[]): { images: Tensor; labels: Tensor } {
  const [first] = batches;
  const images = new Float32Array(batches.length * first!.images.size);
  const labels = new BigInt64Array(batches.length * first!.labels.size);
  for (const [i, batch] of batches.entries()) {
    images.set(batch.images.data as Float32Array, i * batch.images.size);
    labels.set(batch.labels.data as BigInt64Array, i * batch.labels.size);
  }
  return {
    images: Tensor.of('float32', images, [batches.length, ...first!.images.shape]),
    labels: Tensor.of('int64', labels, [batches.length, ...first!.labels.shape]),
  };
}
