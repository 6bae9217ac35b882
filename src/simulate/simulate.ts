import type { Model, Tensor } from '../ir/index.ts';
import type { WorkOptions } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { Simulator, type SimulatorOptions } from './simulator.ts';

/** Model inputs by name, batch after batch. Gone through once. */
export type Batches = AsyncIterable<Feeds> | Iterable<Feeds>;

export interface SimulateOptions extends SimulatorOptions, WorkOptions {
  /** Number of batches, for progress, where it is known. */
  readonly batches?: number;
}

/**
 * Outputs of a quantized model for one batch as a processor gives them, bit for bit: sums of products, requantization
 * and all other integers in that processor's arithmetic (see `cpus`).
 * Throws ModelError if the model has no integer operator or a feed is missing, UsageError for an unknown processor.
 */
export async function simulate(
  model: Model,
  feeds: Feeds,
  options: SimulateOptions = {},
): Promise<Record<string, Tensor>> {
  for await (const outputs of simulateAll(model, [feeds], options)) return outputs;
  throw new Error('unreachable');
}

/** The same for batch after batch, one in memory at a time. */
export async function* simulateAll(
  model: Model,
  batches: Batches,
  { signal, onProgress, batches: total, ...options }: SimulateOptions = {},
): AsyncGenerator<Record<string, Tensor>, void> {
  const simulator = await Simulator.create(model, options);
  try {
    let done = 0;
    for await (const feeds of batches) {
      signal?.throwIfAborted();
      yield await simulator.run(feeds, signal);
      done++;
      onProgress?.({ done, total: Math.max(total ?? done, done), message: 'batches' });
    }
  } finally {
    await simulator.release();
  }
}
