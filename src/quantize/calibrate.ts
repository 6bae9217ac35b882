import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import type { WorkOptions } from '../report.ts';
import { type Feeds, InferenceSession } from '../runtime/index.ts';
import { exposeValues } from './expose.ts';
import type { Observer, ObserverFactory, Range } from './observer.ts';

/** Model inputs by name, batch after batch. Gone through once. */
export type Calibration = AsyncIterable<Feeds> | Iterable<Feeds>;

export interface CalibrateOptions extends WorkOptions {
  readonly observer: ObserverFactory;
  /** Number of batches, for progress, where it is known. */
  readonly batches?: number;
  /** Told each batch as it passes. */
  readonly onFeeds?: (feeds: Feeds) => void;
}

/**
 * Runs the float model on calibration data and observes float32 values by name: one batch in memory at a time.
 * Throws UsageError if there is no batch, ModelError for values that are not finite.
 */
export async function calibrate(
  model: Model,
  names: readonly string[],
  { calibration, ...options }: CalibrateOptions & { readonly calibration: Calibration },
): Promise<Map<string, Range>> {
  const observers = new Map<string, Observer>(names.map((name) => [name, options.observer(name)]));
  const session = await InferenceSession.create(writeModel(exposeValues(model, names)));
  try {
    let done = 0;
    for await (const feeds of calibration) {
      options.signal?.throwIfAborted();
      const results = await session.run(feeds);
      for (const [name, observer] of observers)
        observer.observe((results[name] ?? feeds[name])!.data as Float32Array);
      options.onFeeds?.(feeds);
      done++;
      options.onProgress?.({
        done,
        total: Math.max(options.batches ?? done, done),
        message: 'calibration batches',
      });
      await turn();
    }
    options.signal?.throwIfAborted();
    if (done === 0) throw new UsageError('The calibration set must have at least one batch, has none');
  } finally {
    await session.release();
  }
  return new Map([...observers].map(([name, observer]) => [name, observer.range()]));
}
