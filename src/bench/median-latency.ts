import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { type FeedOptions, randomFeeds } from './random-feeds.ts';
import { percentile } from './statistics.ts';
import { timeRuns } from './time-runs.ts';

export interface LatencyOptions extends FeedOptions {
  /** Threads that one run may use. Default 1: what else the machine does disturbs it least. */
  readonly threads?: number;
  /** ms to go on for, after the warm-up. Default 150. */
  readonly minTime?: number;
  readonly signal?: AbortSignal;
}

/**
 * Median ms of one run of a model by onnxruntime in this process, on made-up input, one sample at a time unless the model
 * fixes another batch. Throws ModelError for a model that onnxruntime refuses or inputs that cannot be made up, and the
 * signal's reason when aborted.
 */
export async function medianLatency(
  model: Model,
  { threads = 1, minTime = 150, signal, ...feeding }: LatencyOptions = {},
): Promise<number> {
  const session = await InferenceSession.create(writeModel(model), {
    ...{ threads, spinning: !isBusyMachine() },
  });
  try {
    const feeds = randomFeeds(session.inputs, feeding);
    const run = () => {
      signal?.throwIfAborted();
      return session.run(feeds);
    };
    await timeRuns(run, { atLeast: 5, minTime: minTime / 5 });
    return percentile((await timeRuns(run, { atLeast: 20, minTime })).toSorted(), 50);
  } finally {
    await session.release();
  }
}
