import type { Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { exposeValues } from './expose.ts';
import { exposeExtremes, type ReducedModel } from './expose-extremes.ts';
import { notFinite, type SampleExtremes } from './observer.ts';
import { extremesOf, largest, smallest } from './sample-extremes.ts';
import { samplesOf } from './slices.ts';

/** Runs a model and gives the extremes of values, which onnxruntime computes: the tensors stay inside. */
export class ExtremesSession {
  readonly #model: Model;
  readonly #reduced: ReducedModel;
  readonly #session: InferenceSession;

  private constructor(model: Model, reduced: ReducedModel, session: InferenceSession) {
    this.#model = model;
    this.#reduced = reduced;
    this.#session = session;
  }

  /** For the float32 values called `names`, except those that `left` then lists. Undefined if that would be all. */
  static async create(model: Model, names: readonly string[]): Promise<ExtremesSession | undefined> {
    const reduced = exposeExtremes(model, names);
    if (reduced.outputs.size === 0) return undefined;
    const settings = { memoryPattern: false, spinning: !isBusyMachine() };
    const session = await InferenceSession.create(writeModel(reduced.model), settings);
    return new ExtremesSession(model, reduced, session);
  }

  /** Values that it cannot tell about, see `ReducedModel`. */
  get left(): readonly string[] {
    return this.#reduced.left;
  }

  /** By name, of each sample of the batch. Throws ModelError for a value that is not finite. */
  async run(feeds: Feeds): Promise<Map<string, SampleExtremes>> {
    const samples = samplesOf(feeds);
    const results = await this.#session.run(feeds);
    const found = new Map<string, SampleExtremes>();
    for (const [name, { min, max, sum }] of this.#reduced.outputs) {
      const numbers = (output: string) => results[output]!.data as Float32Array;
      const extremes = bySample({ min: numbers(min), max: numbers(max) }, samples);
      const finite = [min, max, sum].every((output) => numbers(output).every(Number.isFinite));
      found.set(name, finite ? extremes : await this.#look(name, feeds));
    }
    return found;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Reads the value itself: throws for the number that is not finite, or gives the extremes if only the sum was too large. */
  async #look(name: string, feeds: Feeds): Promise<SampleExtremes> {
    const session = await InferenceSession.create(writeModel(exposeValues(this.#model, [name])));
    try {
      const { data, rows } = rowsOf((await session.run(feeds))[name] ?? feeds[name]!);
      const bad = data.find((x) => !Number.isFinite(x));
      if (bad !== undefined) throw notFinite(name, bad);
      return bySample(extremesOf(name, data, rows), samplesOf(feeds));
    } finally {
      await session.release();
    }
  }
}

const rowsOf = (tensor: Tensor) => ({ data: tensor.data as Float32Array, rows: tensor.shape[0] ?? 1 });

/** The extremes of a batch from those of its parts, one after the other. */
export function joinExtremes(
  parts: readonly ReadonlyMap<string, SampleExtremes>[],
): Map<string, SampleExtremes> {
  const [first, ...others] = parts;
  if (!first || others.length === 0) return new Map(first);
  const all = (name: string, key: keyof SampleExtremes) =>
    Float32Array.from(parts.flatMap((part) => Array.from(part.get(name)![key])));
  return new Map(
    Array.from(first.keys(), (name) => [name, { min: all(name, 'min'), max: all(name, 'max') }]),
  );
}

/** Into how many samples a value of so many rows falls: all its rows are one where they are no multiple of the batch. */
export const samplesIn = (rows: number, batch: number): number => (rows % batch === 0 ? batch : 1);

/** Several rows can belong to one sample, for example where a Reshape joined batch and sequence. */
function bySample(rows: SampleExtremes, batch: number): SampleExtremes {
  const count = rows.min.length;
  const samples = samplesIn(count, batch);
  if (samples === count || count === 0) return rows;
  const each = count / samples;
  const reduce = (numbers: ArrayLike<number>, pick: (part: Float32Array) => number) =>
    Float32Array.from({ length: samples }, (_, i) =>
      pick((numbers as Float32Array).subarray(i * each, (i + 1) * each)),
    );
  return { min: reduce(rows.min, smallest), max: reduce(rows.max, largest) };
}
