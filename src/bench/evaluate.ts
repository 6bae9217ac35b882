import { setImmediate as turn } from 'node:timers/promises';
import type { Dataset } from '../data/index.ts';
import { ModelError } from '../errors.ts';
import type { Tensor } from '../ir/index.ts';
import type { WorkOptions } from '../report.ts';
import { InferenceSession } from '../runtime/index.ts';
import { classifierPorts, padBatch } from './classifier-ports.ts';
import { meanCrossEntropy } from './cross-entropy.ts';
import { Evaluation } from './evaluation.ts';

export interface EvaluateOptions extends WorkOptions {
  /** Default `test`. */
  readonly split?: string;
  /** Default 256; a model with a fixed batch is always run at that. */
  readonly batchSize?: number;
  /** Only the first samples of the split. */
  readonly limit?: number;
  readonly threads?: number;
}

/**
 * Classifies a split and compares with its labels. The model takes one float32 input [batch, ...sample shape] and
 * gives float32 [batch, classes] first. Throws ModelError if the model does not fit the data set.
 */
export async function evaluate(
  model: Uint8Array | string,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { split = 'test', limit, threads, signal } = options;
  signal?.throwIfAborted();
  const total = Math.min(dataset.size(split), limit ?? Infinity);
  const session = await InferenceSession.create(model, { ...(threads && { threads }) });
  try {
    const ports = classifierPorts(session, dataset);
    const batchSize = ports.batch ?? options.batchSize ?? 256;
    const classes = dataset.classNames.length;
    const scores = new Float32Array(total * classes);
    let done = 0;
    for await (const { images } of dataset.batches(split, { batchSize, limit: total })) {
      const count = images.shape[0]!;
      const feed = ports.batch === undefined ? images : padBatch(images, ports.batch);
      const result = (await session.run({ [ports.input]: feed }, [ports.output]))[ports.output]!;
      scores.set(rowsOf(result, count, classes), done * classes);
      done += count;
      options.onProgress?.({ done, total, message: 'samples' });
      await turn();
      signal?.throwIfAborted();
    }
    const labels = dataset.labels(split).subarray(0, total);
    return new Evaluation({
      dataset: dataset.name,
      split,
      classNames: dataset.classNames,
      labels,
      scores,
      loss: meanCrossEntropy(scores, labels, classes),
    });
  } finally {
    await session.release();
  }
}

/** The scores of the first `count` samples; the rest belongs to padding. */
function rowsOf(result: Tensor, count: number, classes: number): Float32Array {
  const { data, shape } = result;
  if (data instanceof Float32Array && shape.length === 2 && shape[0]! >= count && shape[1] === classes)
    return data.subarray(0, count * classes);
  throw new ModelError(
    `The model's output must be float32 [batch, ${classes}], was ${result.dtype} [${shape.join(', ')}]`,
  );
}
