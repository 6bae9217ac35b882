import { setImmediate as turn } from 'node:timers/promises';
import { type TargetKind, teacherGraph } from '../autodiff/index.ts';
import { type Dataset, fingerprint } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { type Model, Tensor } from '../ir/index.ts';
import { sha256 } from '../ledger/index.ts';
import { writeModel } from '../onnx/index.ts';
import type { WorkOptions } from '../report.ts';
import { InferenceSession } from '../runtime/index.ts';
import { losses, preparedCopy } from '../train/index.ts';
import type { ScoresCache, ScoresKey } from './scores-cache.ts';

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
 * there; `fromCache` samples had theirs. Computed by the nodes that a training graph has of it, in batches of the same size.
 */
export async function teacherScores(
  teacher: Model,
  data: Dataset,
  options: ScoresOptions,
): Promise<{ scores: Tensor; fromCache: number }> {
  const { batchSize, hardLoss, target, limit, cache } = options;
  const copy = await preparedCopy(teacher, { batchSize, sample: data.sampleShape });
  const graph = teacherGraph(copy, { batchSize, loss: losses[hardLoss](), target });
  const sample = graph.graph.outputs[0]!.shape!.slice(1) as number[];
  const size = sample.reduce((a, b) => a * b, 1);
  const count = Math.min(data.size('train'), limit ?? Infinity);
  const key = await keyOf({ teacher, graph, data }, { ...options, count });
  const known = (await cache.load(key)) ?? new Float32Array(0);
  if (known.length > count * size || known.length % size !== 0)
    throw new UsageError(
      `The cached scores must be ${size} numbers for each of ${count} samples, are ${known.length} numbers: remove them`,
    );
  // Batches are computed as a whole, so that a sample's scores do not depend on where it was stopped.
  const samples = known.length / size;
  const fromCache = samples === count ? count : samples - (samples % batchSize);
  const all = new Float32Array(count * size);
  all.set(known.subarray(0, fromCache * size));
  if (fromCache < count) await complete(all, { ...options, graph, data, key, count, size, fromCache });
  return { scores: Tensor.of('float32', all, [count, ...sample]), fromCache };
}

interface Scored {
  readonly teacher: Model;
  /** What computes its scores. */
  readonly graph: Model;
  readonly data: Dataset;
}

async function keyOf(
  { teacher, graph, data }: Scored,
  { batchSize, count, signal }: ScoresOptions & { count: number },
): Promise<ScoresKey> {
  const { sampleShape, normalization } = data;
  return {
    teacher: sha256(writeModel(teacher)),
    data: await fingerprint(data, { ...(signal && { signal }) }),
    input: JSON.stringify({ shape: sampleShape, ...normalization }),
    ...{ samples: count, batch: batchSize, nodes: sha256(writeModel(graph)) },
  };
}

interface Rest extends ScoresOptions, Omit<Scored, 'teacher'> {
  readonly key: ScoresKey;
  readonly count: number;
  /** Scores of a sample. */
  readonly size: number;
  /** Samples whose scores are there. */
  readonly fromCache: number;
}

/** How often what is computed is saved, ms: no more than that is lost when the process ends. */
const saveEvery = 10_000;

/** Computes the scores that are missing; saves them now and then, and what there is when it is stopped. */
async function complete(all: Float32Array, rest: Rest): Promise<void> {
  const { cache, key, size, fromCache, count } = rest;
  let [done, saved, last] = [fromCache, fromCache, performance.now()];
  const save = async (): Promise<void> => {
    if (done > saved) await cache.save(key, all.slice(0, done * size));
    [saved, last] = [done, performance.now()];
  };
  try {
    for await (done of computed(all, rest)) {
      if (performance.now() - last > saveEvery) await save();
      rest.onProgress?.({ done, total: count, message: 'scores of the teacher' });
      await turn();
      rest.signal?.throwIfAborted();
    }
  } finally {
    await save();
  }
}

/** Puts the scores of one batch after the other in their place, and tells how many samples have theirs. */
async function* computed(
  all: Float32Array,
  { graph, data, batchSize, count, size, fromCache }: Rest,
): AsyncGenerator<number, void> {
  const session = await InferenceSession.create(writeModel(graph), { optimization: 'basic', keepQdq: true });
  let done = 0;
  try {
    for await (const { images } of data.batches('train', { batchSize, limit: count })) {
      const samples = images.shape[0]!;
      if (done >= fromCache) {
        const padded = new Float32Array((images.size / samples) * batchSize);
        padded.set(images.data);
        const feed = Tensor.of('float32', padded, [batchSize, ...data.sampleShape]);
        const { scores } = await session.run({ images: feed });
        all.set((scores!.data as Float32Array).subarray(0, samples * size), done * size);
      }
      done += samples;
      if (done > fromCache) yield done;
    }
  } finally {
    await session.release();
  }
}
