import { setImmediate as turn } from 'node:timers/promises';
import { statisticsGraph } from '../../autodiff/index.ts';
import type { Dataset } from '../../data/index.ts';
import { UsageError } from '../../errors.ts';
import { type Model, Tensor } from '../../ir/index.ts';
import { probeKernels } from '../../kernels/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { opOf } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import { InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import { PreparedModel } from '../../train/index.ts';

export interface EstimateOptions extends WorkOptions {
  /** Samples of one batch. Default 64, or all if there are fewer. */
  readonly batchSize?: number;
  /** Samples of the training split to see, in random order. Default 4096, or all if there are fewer. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

export interface Estimated {
  readonly model: Model;
  /** How many statistics are new: two for each normalization. */
  readonly count: number;
  /** Samples that they are of. */
  readonly samples: number;
}

/**
 * Gives every batch normalization new running statistics: the means over batches of the training split of each batch's
 * mean and biased variance, each normalization fed by what the ones before it make of the batch with their own. What a
 * model whose channels were removed needs before anything else (Li et al. 2020, EagleEye, arXiv 2007.02491). A model
 * without running statistics comes back as it is. Throws UsageError for data that do not fit.
 */
export async function reestimateNormalizations(
  model: Model,
  data: Dataset,
  options: EstimateOptions = {},
): Promise<Estimated> {
  if (!hasStatistics(model)) return { model, count: 0, samples: 0 };
  const size = data.size('train');
  const batchSize = Math.min(options.batchSize ?? 64, size);
  if (batchSize === 0)
    throw new UsageError(
      `The training split of '${data.name}' has no samples to normalize by: choose other data`,
    );
  const prepared = new PreparedModel(model, { batchSize, sample: data.sampleShape });
  const { model: start } = await prepared.copies();
  const { kernels } = await probeKernels();
  const graph = statisticsGraph(start, { batchSize, kernels });
  const batches = Math.max(1, Math.floor(Math.min(options.samples ?? 4096, size) / batchSize));
  const sums = await summed(graph, data, { ...options, batchSize, batches });
  const result = prepared.base.clone();
  for (const [name, sum] of sums) {
    const value = result.graph.initializers.get(name)!;
    const means = Float32Array.from(sum, (x) => x / batches);
    value.tensor = Tensor.of('float32', means, value.tensor!.shape);
  }
  return { model: result, count: sums.size, samples: batches * batchSize };
}

/** Whether there are running statistics that could be taken anew. */
export const hasStatistics = ({ graph }: Model): boolean => graph.nodes.some((node) => opOf(node)?.state);

async function summed(
  { model, statistics }: ReturnType<typeof statisticsGraph>,
  data: Dataset,
  {
    batchSize,
    batches,
    seed = 0,
    signal,
    onProgress,
  }: EstimateOptions & { batchSize: number; batches: number },
): Promise<Map<string, Float64Array>> {
  const sums = new Map<string, Float64Array>();
  const session = await InferenceSession.create(writeModel(model), { spinning: !isBusyMachine() });
  try {
    let done = 0;
    for await (const { images } of data.batches('train', { batchSize, shuffle: seed, dropLast: true })) {
      signal?.throwIfAborted();
      const results = await session.run({ images });
      for (const [name, output] of statistics) addTo(sums, name, results[output]!.data as Float32Array);
      done++;
      onProgress?.({ done, total: batches, message: 'batch statistics' });
      if (done === batches) break;
      await turn();
    }
    return sums;
  } finally {
    await session.release();
  }
}

function addTo(sums: Map<string, Float64Array>, name: string, values: Float32Array): void {
  const sum = sums.get(name) ?? new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) sum[i]! += values[i]!;
  sums.set(name, sum);
}
