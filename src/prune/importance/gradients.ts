import { setImmediate as turn } from 'node:timers/promises';
import { type GradientGraph, gradientGraph } from '../../autodiff/index.ts';
import type { Dataset } from '../../data/index.ts';
import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { probeKernels } from '../../kernels/index.ts';
import { writeModel } from '../../onnx/index.ts';
import type { WorkOptions } from '../../report.ts';
import { InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import { type LossTask, lossTask } from '../../train/index.ts';
import type { ImportanceOptions } from './importance.ts';

export interface GradientRun extends ImportanceOptions {
  readonly batchSize: number;
}

/** The gradient of a batch's mean loss for each weight, float32 in the weight's order, by its name. */
export type Gradients = ReadonlyMap<string, Float32Array>;

/**
 * Runs batches of the training split, in random order, and hands out the gradient of each; returns how many batches that
 * were. Normalizations work as at inference. Throws UsageError without
 * data, ModelError where gradients cannot pass.
 */
export async function forEachGradient(
  model: Model,
  { batchSize, data, samples = 512, seed = 0, loss, ...work }: GradientRun,
  onBatch: (gradients: Gradients) => void,
): Promise<number> {
  if (!data) throw new UsageError('Importance by gradients needs data: give them, or take l1, l2 or bn');
  const size = Math.min(batchSize, data.size('train'));
  const task = await lossTask(model, data, { ...loss, batchSize: size });
  const { kernels } = await probeKernels();
  const graph = gradientGraph(task.model, { ...task.settings, kernels });
  const batches = Math.max(1, Math.floor(Math.min(samples, data.size('train')) / size));
  await run(graph, { ...work, task, data, seed, batches }, onBatch);
  return batches;
}

interface Run extends WorkOptions {
  readonly task: LossTask;
  readonly data: Dataset;
  readonly seed: number;
  readonly batches: number;
}

async function run(
  { model, gradients }: GradientGraph,
  { task, data, seed, batches, signal, onProgress }: Run,
  onBatch: (gradients: Gradients) => void,
): Promise<void> {
  const session = await InferenceSession.create(writeModel(model), { spinning: !isBusyMachine() });
  try {
    let done = 0;
    for await (const feeds of task.batches(data, seed)) {
      signal?.throwIfAborted();
      const results = await session.run(feeds);
      const found = [...gradients].map(
        ([weight, output]) => [weight, results[output]!.data as Float32Array] as const,
      );
      onBatch(new Map(found));
      done++;
      onProgress?.({ done, total: batches, message: 'gradients' });
      if (done === batches) break;
      await turn();
    }
  } finally {
    await session.release();
  }
}
