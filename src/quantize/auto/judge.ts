import { ModelError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import { partsOf, samplesOf } from '../slices.ts';
import { decibels } from '../sqnr.ts';

/** Runs of each model that are timed, in turn; the fastest counts, as others' work only ever slows one down. */
const timedRuns = 15;

interface Batch {
  readonly feeds: Feeds;
  /** Float32 outputs of the float model, by name. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

/** Judges quantized models beside the float one, with the kernels that this machine has, on samples of their own. */
export class Judge {
  readonly #batches: readonly Batch[];

  private constructor(batches: readonly Batch[]) {
    this.#batches = batches;
  }

  /** Runs the float model once. Throws ModelError if it has no float32 output. */
  static async create(float: Model, samples: Calibration): Promise<Judge> {
    const names = float.graph.outputs.flatMap(({ name, dtype }) => (dtype === 'float32' ? [name] : []));
    if (names.length === 0)
      throw new ModelError('To judge settings the model must have a float32 output, has none: name a method');
    const session = await sessionOf(float);
    const batches: Batch[] = [];
    try {
      for await (const feeds of samples) {
        const results = await session.run(feeds, names);
        const outputs = new Map(names.map((name) => [name, results[name]!.data as Float32Array]));
        batches.push({ feeds, outputs });
      }
    } finally {
      await session.release();
    }
    return new Judge(batches);
  }

  get samples(): number {
    return this.#batches.reduce((sum, { feeds }) => sum + samplesOf(feeds), 0);
  }

  /** SQNR in dB of the outputs as they are run here; of several outputs by the mean of their noise shares. */
  async sqnr(quantized: Model): Promise<number> {
    const names = [...this.#batches[0]!.outputs.keys()];
    const energies = new Map(names.map((name) => [name, { signal: 0, noise: 0 }]));
    const session = await sessionOf(quantized);
    try {
      for (const { feeds, outputs } of this.#batches) {
        const results = await session.run(feeds, names);
        for (const [name, sum] of energies)
          addTo(sum, outputs.get(name)!, results[name]!.data as Float32Array);
      }
    } finally {
      await session.release();
    }
    const shares = [...energies.values()].map(({ signal, noise }) => (noise === 0 ? 0 : noise / signal));
    return decibels(
      shares.length,
      shares.reduce((a, b) => a + b, 0),
    );
  }

  /** Time of a model on one sample, as a multiple of another's: both run in turn on this machine. */
  async slowdown(model: Model, than: Model): Promise<number> {
    const [one] = partsOf(this.#batches[0]!.feeds, 1);
    const feeds = typeof model.graph.feeds[0]?.shape?.[0] === 'number' ? this.#batches[0]!.feeds : one!;
    const sessions = await Promise.all([sessionOf(model), sessionOf(than)]);
    const least = [Infinity, Infinity];
    try {
      for (let run = 0; run < timedRuns; run++)
        for (const [i, session] of sessions.entries()) {
          const started = performance.now();
          await session.run(feeds);
          least[i] = Math.min(least[i]!, performance.now() - started);
        }
    } finally {
      await Promise.all(sessions.map((session) => session.release()));
    }
    return least[0]! / least[1]!;
  }
}

const sessionOf = (model: Model): Promise<InferenceSession> =>
  InferenceSession.create(writeModel(model), { spinning: !isBusyMachine(), memoryPattern: false });

function addTo(sum: { signal: number; noise: number }, exact: Float32Array, rounded: Float32Array): void {
  for (let i = 0; i < exact.length; i++) {
    sum.signal += exact[i]! ** 2;
    sum.noise += (exact[i]! - rounded[i]!) ** 2;
  }
}
