import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type TargetKind, teacherGraph } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { type Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import type { WorkOptions } from '../report.ts';
import { InferenceSession } from '../runtime/index.ts';
import { losses, preparedCopy } from '../train/index.ts';
import type { ScoresCache } from './distill-options.ts';

export interface ScoresOptions extends WorkOptions {
  readonly cache: ScoresCache;
  readonly batchSize: number;
  readonly hardLoss: keyof typeof losses;
  readonly target: TargetKind;
  /** Only the first samples. */
  readonly limit?: number | undefined;
}

/**
 * The teacher's scores of the training samples as they are, float32 [N,...output], from the cache or computed and put
 * there. Computed by the nodes that a training graph has of it, in batches of the same size.
 */
export async function teacherScores(
  teacher: Model,
  data: Dataset,
  options: ScoresOptions,
): Promise<{ scores: Tensor; isFromCache: boolean }> {
  const { batchSize, hardLoss, target, limit, cache } = options;
  const copy = await preparedCopy(teacher, { batchSize, sample: data.sampleShape });
  const graph = teacherGraph(copy, { batchSize, loss: losses[hardLoss](), target });
  const sample = graph.graph.outputs[0]!.shape!.slice(1) as number[];
  const size = sample.reduce((a, b) => a * b, 1);
  const count = Math.min(data.size('train'), limit ?? Infinity);
  const key = keyOf(graph, data, count);
  const known = await cache.load(key);
  if (known && known.length !== count * size)
    throw new UsageError(
      `The cached scores must be ${count * size} numbers, are ${known.length}: remove them`,
    );
  const all = known ?? (await compute(graph, data, { ...options, count, size }));
  if (!known) await cache.save(key, all);
  return { scores: Tensor.of('float32', all, [count, ...sample]), isFromCache: known !== undefined };
}

/** What the scores depend on: the teacher's graph and weights, the samples as stored (of files their number), and how they are normalized. */
function keyOf(graph: Model, data: Dataset, count: number): string {
  const { images } = data.split('train');
  const hash = createHash('sha256').update(writeModel(graph));
  hash.update(JSON.stringify([data.name, count, data.sampleShape, data.normalization]));
  if (ArrayBuffer.isView(images)) hash.update(images);
  return hash.digest('hex');
}

async function compute(
  graph: Model,
  data: Dataset,
  { batchSize, count, size, signal, onProgress }: ScoresOptions & { count: number; size: number },
): Promise<Float32Array> {
  const session = await InferenceSession.create(writeModel(graph), { optimization: 'basic', keepQdq: true });
  const all = new Float32Array(count * size);
  let done = 0;
  try {
    for await (const { images } of data.batches('train', { batchSize, limit: count })) {
      const samples = images.shape[0]!;
      const padded = new Float32Array((images.size / samples) * batchSize);
      padded.set(images.data);
      const feed = Tensor.of('float32', padded, [batchSize, ...data.sampleShape]);
      const { scores } = await session.run({ images: feed });
      all.set((scores!.data as Float32Array).subarray(0, samples * size), done * size);
      done += samples;
      onProgress?.({ done, total: count, message: 'scores of the teacher' });
      await turn();
      signal?.throwIfAborted();
    }
    return all;
  } finally {
    await session.release();
  }
}

/** Keeps scores in memory. */
export function memoryCache(): ScoresCache {
  const kept = new Map<string, Float32Array>();
  return {
    load: async (key) => kept.get(key),
    save: async (key, scores) => void kept.set(key, scores),
  };
}
