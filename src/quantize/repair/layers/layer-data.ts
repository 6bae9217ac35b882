import { setImmediate as turn } from 'node:timers/promises';
import { type Model, Tensor } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { extract } from '../../../passes/index.ts';
import { permutation, type Random, random } from '../../../random.ts';
import { type Feeds, InferenceSession } from '../../../runtime/index.ts';
import { emit } from '../../emit.ts';
import type { Encodings } from '../../encodings.ts';
import type { PlanOptions } from '../../plan.ts';
import { type PatchReader, patchReader, sampleCount } from './patches.ts';
import { outputOf, type WeightedLayer } from './weighted-layer.ts';

/** What one layer must do: rows of its quantized input, and what the float model gives there. */
export interface LayerData {
  /** float32 [groups, rows, columns], from the quantized layers before. */
  readonly input: Tensor<'float32'>;
  /** float32 [groups, rows, channels], behind the activation, from the float model. */
  readonly target: Tensor<'float32'>;
  readonly rows: number;
}

/** Rows [from, to) of the data. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

export interface CollectOptions {
  readonly float: Model;
  /** Of the layers before, as they are by now. */
  readonly encodings: Encodings;
  readonly plan?: PlanOptions | undefined;
  readonly feeds: readonly Feeds[];
  /** How many rows are wanted. */
  readonly rows: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Rows take no more than this. */
const maxBytes = 64 * 2 ** 20;

/** Runs the float and the quantized model up to a layer and samples places of its output, as many of each sample. */
export async function collect(layer: WeightedLayer, options: CollectOptions): Promise<LayerData> {
  const { float, encodings, plan, feeds, signal } = options;
  const { model, activations } = emit(float, encodings, { plan });
  const read = activations.get(layer.input) ?? layer.input;
  const target = outputOf(layer);
  const sessions = await Promise.all([
    InferenceSession.create(writeModel(reaching(float, target))),
    InferenceSession.create(writeModel(reaching(model, read)), { keepQdq: true, optimization: 'basic' }),
  ]);
  const samples = feeds.reduce((sum, batch) => sum + batchSize(batch), 0);
  const rows = new RowSample(layer, { ...options, samples });
  try {
    for (const batch of feeds) {
      signal?.throwIfAborted();
      const [exact, rounded] = await Promise.all(sessions.map((session) => session.run(batch)));
      const x = rounded![read] ?? batch[read]!;
      rows.add(patchReader(layer, x, exact![target]!), sampleCount(x));
      await turn();
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
  return rows.finish();
}

/** The part of a model that a value needs. */
const reaching = (model: Model, name: string): Model => extract(model, { outputs: [name] });

const batchSize = (feeds: Feeds): number => sampleCount(Object.values(feeds)[0]!);

interface SampleSetup {
  readonly samples: number;
  readonly rows: number;
  readonly seed: number;
}

class RowSample {
  readonly #layer: WeightedLayer;
  readonly #setup: SampleSetup;
  readonly #random: Random;
  readonly #inputs: Float32Array[] = [];
  readonly #targets: Float32Array[] = [];

  constructor(layer: WeightedLayer, setup: SampleSetup) {
    this.#layer = layer;
    this.#setup = setup;
    this.#random = random(setup.seed);
  }

  add(reader: PatchReader, samples: number): void {
    const { groups, columns, channels } = this.#layer;
    const wanted = Math.min(reader.places, this.#rowsPerSample());
    for (let sample = 0; sample < samples; sample++) {
      const places = wanted === reader.places ? undefined : permutation(reader.places, this.#random);
      for (let i = 0; i < wanted; i++) {
        const [input, target] = [new Float32Array(groups * columns), new Float32Array(groups * channels)];
        for (let group = 0; group < groups; group++) {
          reader.read(sample, places?.[i] ?? i, group, input, group * columns);
          reader.readOutput(sample, places?.[i] ?? i, group, target, group * channels);
        }
        this.#inputs.push(input);
        this.#targets.push(target);
      }
    }
  }

  finish(): LayerData {
    const { groups, columns, channels } = this.#layer;
    return {
      input: stacked(this.#inputs, groups, columns),
      target: stacked(this.#targets, groups, channels),
      rows: this.#inputs.length,
    };
  }

  #rowsPerSample(): number {
    const { groups, columns, channels } = this.#layer;
    const fitting = Math.floor(maxBytes / (4 * groups * (columns + channels)));
    return Math.max(1, Math.ceil(Math.min(this.#setup.rows, fitting) / this.#setup.samples));
  }
}

/** Rows [groups * size] as [groups, rows, size]. */
function stacked(rows: readonly Float32Array[], groups: number, size: number): Tensor<'float32'> {
  const all = new Float32Array(rows.length * groups * size);
  for (const [i, row] of rows.entries())
    for (let group = 0; group < groups; group++)
      all.set(row.subarray(group * size, (group + 1) * size), (group * rows.length + i) * size);
  return Tensor.of('float32', all, [groups, rows.length, size]);
}
