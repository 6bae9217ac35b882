import { setImmediate as turn } from 'node:timers/promises';
import { ModelError, UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { WorkOptions } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { type CalibrationState, resumed } from './calibration-state.ts';
import { ExtremesSession, joinExtremes, samplesIn } from './extremes-session.ts';
import type { Observer, ObserverFactory, Range, SampleExtremes } from './observer.ts';
import { cacheBytes, fitting, sampleBytes } from './sample-bytes.ts';
import { partsOf, samplesOf } from './slices.ts';
import { ValueSession } from './value-session.ts';

/** Model inputs by name, batch after batch. Gone through once. */
export type Calibration = AsyncIterable<Feeds> | Iterable<Feeds>;

export interface CalibrateOptions extends WorkOptions {
  readonly observer: ObserverFactory;
  /** Number of batches, for progress, where it is known. */
  readonly batches?: number;
  /** Told each batch as it passes, those of before a resumed cut too. */
  readonly onFeeds?: (feeds: Feeds) => void;
  /** Goes on where this was saved: the same model, values and method, and the same batches from the first one on. */
  readonly resume?: CalibrationState;
  /** Called after each batch with what saves all that was observed so far, as plain data. */
  readonly onState?: (save: () => CalibrationState) => void;
}

/**
 * Runs the float model on calibration data and observes float32 values by name, one batch in memory at a time. Where an
 * observer needs no more than extremes, onnxruntime computes them and the values stay inside. A batch whose values are
 * large is run in parts, where the model can: 2 MiB for the largest value, or 16 MiB of values that leave the runtime.
 * Throws UsageError if there is no batch or the state to resume is of something else, ModelError for values that the
 * model has not or that are not finite.
 */
export async function calibrate(
  model: Model,
  names: readonly string[],
  { calibration, ...options }: CalibrateOptions & { readonly calibration: Calibration },
): Promise<Map<string, Range>> {
  checkNames(model, names);
  const observers = resumed(names, options);
  const skipped = options.resume?.batches ?? 0;
  const watch = new Watch(model, observers);
  let done = 0;
  const save = (batches: number) => () => ({
    batches,
    observers: Object.fromEntries([...observers].map(([name, observer]) => [name, observer.save()])),
  });
  try {
    for await (const feeds of calibration) {
      options.signal?.throwIfAborted();
      options.onFeeds?.(feeds);
      if (++done <= skipped) continue;
      await watch.observe(feeds);
      options.onState?.(save(done));
      const total = Math.max(options.batches ?? done, done);
      options.onProgress?.({ done, total, message: 'calibration batches' });
      await turn();
    }
    options.signal?.throwIfAborted();
  } finally {
    await watch.release();
  }
  if (done === 0) throw new UsageError('The calibration set must have at least one batch, has none');
  if (done < skipped)
    throw new UsageError(
      `To resume, the calibration set must be the one that it was started with: ${skipped} batches were seen, it has ${done}`,
    );
  return new Map([...observers].map(([name, observer]) => [name, observer.range()]));
}

function checkNames({ graph }: Model, names: readonly string[]): void {
  const known = new Set([...graph.values()].map(({ name }) => name));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined)
    throw new ModelError(`The model must have the values to observe, has no '${missing}'`, {
      value: missing,
    });
}

/** Shows batches to observers. Sessions are made when the first batch comes. */
class Watch {
  readonly #model: Model;
  readonly #observers: ReadonlyMap<string, Observer>;
  #extremes: ExtremesSession | undefined;
  #values: ValueSession | undefined;
  /** How many samples a run takes. */
  #parts: { readonly extremes: number; readonly values: number } | undefined;

  constructor(model: Model, observers: ReadonlyMap<string, Observer>) {
    this.#model = model;
    this.#observers = observers;
  }

  async observe(feeds: Feeds): Promise<void> {
    const { extremes, values } = this.#parts ?? (await this.#start(feeds));
    if (this.#extremes) {
      const found: Map<string, SampleExtremes>[] = [];
      for (const part of partsOf(feeds, extremes)) found.push(await this.#extremes.run(part));
      for (const [name, extremes] of joinExtremes(found))
        this.#observers.get(name)!.observeExtremes!(extremes);
    }
    if (this.#values) for (const part of partsOf(feeds, values)) await this.#look(this.#values, part);
  }

  async #look(session: ValueSession, feeds: Feeds): Promise<void> {
    const batch = samplesOf(feeds);
    await session.run(feeds, (name, { data, dtype, shape }) => {
      if (dtype !== 'float32')
        throw new ModelError(`Value '${name}' must be float32 to be observed, is ${dtype}`, { value: name });
      this.#observers.get(name)!.observe(data as Float32Array, samplesIn(shape[0] ?? 1, batch));
    });
  }

  async release(): Promise<void> {
    await this.#extremes?.release();
    await this.#values?.release();
  }

  async #start(feeds: Feeds): Promise<{ extremes: number; values: number }> {
    const names = [...this.#observers.keys()];
    const light = names.filter((name) => this.#observers.get(name)!.observeExtremes);
    if (light.length > 0) this.#extremes = await ExtremesSession.create(this.#model, light);
    const left = new Set(this.#extremes ? this.#extremes.left : light);
    const whole = names.filter((name) => left.has(name) || !light.includes(name));
    const bytes = sampleBytes(this.#model, whole, feeds);
    const parts = { extremes: fitting(bytes?.largest, cacheBytes), values: fitting(bytes?.wanted, runBytes) };
    const example = partsOf(feeds, parts.values)[0]!;
    if (whole.length > 0) this.#values = await ValueSession.create(this.#model, whole, { feeds: example });
    this.#parts = parts;
    return parts;
  }
}

/** Of the values that one run gives. */
const runBytes = 16 * 2 ** 20;
