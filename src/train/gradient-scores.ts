import { type Kernels, type Optimizer, trainingGraph } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { GraphBuilder, Model, Value } from '../ir/index.ts';
import { probeKernels } from '../kernels/index.ts';
import type { WorkOptions } from '../report.ts';
import { type FitOptions, fitSettings } from './fit-options.ts';
import { checkFit, stepsPerEpoch } from './fit-run.ts';
import { frozenConstants } from './freeze.ts';
import { PreparedModel } from './prepare-model.ts';
import { initialState, Trainer } from './trainer.ts';
import { type TrainingBatch, trainingBatches } from './training-batches.ts';

/** What the gradients of a model's weights are taken from. */
export interface GradientOptions
  extends Pick<FitOptions, 'loss' | 'target' | 'teacher' | 'classWeights' | 'labelSmoothing'> {
  /** Samples of one gradient. Default 16. */
  readonly batchSize?: number;
  /** Samples in all, drawn from the training split by the seed. Default 512, or as many as there are. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default: what a probe finds. */
  readonly kernels?: Kernels;
}

/** Writes what one batch tells of each weight, from all weights and the loss's gradient by them, float32 [P] both. */
export type GradientMeasure = (g: GraphBuilder, at: { weights: Value; gradient: Value }) => Value;

/**
 * The mean of a measure over batches of the training split, by name of each trained constant, in the order of its
 * elements. Normalizations work as at inference, and theirs are left out. Throws what `fit` throws for model, data and
 * options, and the signal's reason when aborted.
 */
export async function gradientScores(
  model: Model,
  data: Dataset,
  options: GradientOptions & WorkOptions & { readonly measure: GradientMeasure },
): Promise<ReadonlyMap<string, Float32Array>> {
  const { signal, onProgress, measure, samples = 512, batchSize = 16, ...rest } = options;
  if (!(Number.isInteger(samples) && samples >= batchSize))
    throw new UsageError(
      `'samples' must be a whole number of at least one batch of ${batchSize}, was ${samples}`,
    );
  const asked = { ...rest, batchSize, optimizer: measuring(measure) };
  const { trainer, settings, graph, classes } = await createTrainer(model, data, asked);
  const steps = Math.min(Math.floor(samples / batchSize), stepsPerEpoch(data, settings));
  try {
    const batches = trainingBatches(data, settings, { epoch: 0, start: 0, classes });
    for await (const _ of trainer.run(take(batches, steps))) {
      signal?.throwIfAborted();
      onProgress?.({ done: trainer.step, total: steps, message: 'gradients' });
    }
    const sums = graph.parameters.unpack(trainer.state.score!);
    return new Map(
      [...sums].map(([name, { data }]) => [name, (data as Float32Array).map((sum) => sum / steps)]),
    );
  } finally {
    await trainer.release();
  }
}

async function createTrainer(
  model: Model,
  data: Dataset,
  options: GradientOptions & { readonly batchSize: number; readonly optimizer: Optimizer },
) {
  const { batchSize, optimizer } = options;
  const prepared = new PreparedModel(model, {
    batchSize,
    teacher: options.teacher,
    sample: data.sampleShape,
  });
  const { model: start, teacher } = await prepared.copies();
  const frozen = prepared.frozen(frozenConstants(start, { batchNorm: true }));
  const settings = fitSettings({ ...options, teacher }, { model: start, frozen, data });
  checkFit(start, data, settings);
  const kernels = options.kernels ?? (await probeKernels()).kernels;
  const { loss, target, labelSmoothing } = settings;
  const parts = { loss, target, labelSmoothing, teacher, frozen };
  const graph = trainingGraph(start, { ...parts, batchSize, optimizer, kernels });
  const state = initialState(graph, start, optimizer);
  const trainer = await Trainer.create(graph, { optimizer, step: 0, state, rate: () => 1 });
  return { trainer, settings, graph, classes: Number(start.graph.outputs[0]?.shape?.[1]) };
}

/** An optimizer that leaves the weights as they are and sums up a measure of them. */
const measuring = (measure: GradientMeasure): Optimizer => ({
  name: 'measure',
  states: ['score'],
  rates: () => ({}),
  update: (g, { parameters, gradient, states }) => ({
    parameters: g.op('Identity', [parameters]),
    states: [g.op('Add', [states[0], measure(g, { weights: parameters, gradient })])],
  }),
});

async function* take(batches: AsyncIterable<TrainingBatch>, count: number): AsyncGenerator<TrainingBatch> {
  let taken = 0;
  for await (const batch of batches) {
    yield batch;
    if (++taken === count) return;
  }
}
