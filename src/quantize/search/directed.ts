import { setImmediate as turn } from 'node:timers/promises';
import { oldestOpset } from '../../autodiff/index.ts';
import { type Model, Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import { fixShapes, upgradeOpset } from '../../passes/index.ts';
import { type Random, random } from '../../random.ts';
import type { WorkOptions } from '../../report.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../../runtime/index.ts';

export interface DirectedOptions extends WorkOptions {
  /** Batches of the model's static size. */
  readonly slices: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** How many there are, for progress, where it is known. */
  readonly total?: number;
  /**
   * The gradient to start from at each float output: `projection`, random signs, so that the mean of (gradient .
   * error)^2 is the energy that an error has at the outputs (Hutchinson 1990; signs vary less than normal numbers do);
   * `fisher`, that of the log likelihood of a label drawn from the model's own prediction.
   */
  readonly directions: 'fisher' | 'projection';
  /** Default 0. */
  readonly seed?: number;
  /** Of the model that takes directions. Default `basic`; thousands of nodes take longer to optimize than to run as they are. */
  readonly optimization?: 'disabled' | 'basic';
  /** What the progress is of. Default `sensitivity`. */
  readonly message?: string;
}

export interface DirectedBatch {
  /** What the directed model gives. */
  readonly results: Readonly<Record<string, Tensor>>;
  /** The float model's float outputs. */
  readonly outputs: readonly Tensor[];
  readonly samples: number;
}

/**
 * Runs, slice after slice, the float model, and with directions by its outputs a model that takes them as
 * `direction/<output>`.
 */
export async function directed(
  float: Model,
  model: Model,
  options: DirectedOptions,
  onBatch: (batch: DirectedBatch) => void,
): Promise<void> {
  const { slices, signal, onProgress, seed = 0, message = 'sensitivity' } = options;
  const common = { spinning: !isBusyMachine(), memoryPattern: false };
  const exact = await InferenceSession.create(writeModel(float), common);
  const session = await InferenceSession.create(writeModel(model), {
    ...{ ...common, keepQdq: true, optimization: options.optimization ?? 'basic' },
  });
  const source = random(seed);
  try {
    let done = 0;
    for await (const slice of slices) {
      signal?.throwIfAborted();
      const outputs = Object.entries(await exact.run(slice)).filter(([, t]) => t.dtype === 'float32');
      const directions = outputs.map(([name, tensor]) => [
        `direction/${name}`,
        directionOf(tensor, { ...options, source, isProbability: isProbability(float, name) }),
      ]);
      const results = await session.run({ ...slice, ...Object.fromEntries(directions) });
      const samples = Object.values(slice)[0]!.shape[0]!;
      onBatch({ results, samples, outputs: outputs.map(([, tensor]) => tensor) });
      done++;
      onProgress?.({ done, total: Math.max(options.total ?? done, done), message });
      await turn();
    }
  } finally {
    await Promise.all([exact.release(), session.release()]);
  }
}

/** Adds the numbers of a float32 vector to sums. */
export function addTo(sums: Float64Array, { data }: Tensor): void {
  (data as Float32Array).forEach((x, i) => {
    sums[i]! += x;
  });
}

interface Direction {
  readonly directions: DirectedOptions['directions'];
  readonly source: Random;
  readonly isProbability: boolean;
}

/** The gradient to start from at an output: of the log likelihood of a drawn label, or a random projection. */
function directionOf(output: Tensor, { directions, source, isProbability }: Direction): Tensor {
  const data = output.data as Float32Array;
  if (directions === 'projection')
    return Tensor.of(
      'float32',
      Float32Array.from(data, () => (source.uniform() < 0.5 ? -1 : 1)),
      output.shape,
    );
  const classes = output.shape.at(-1)!;
  const direction = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += classes) {
    const row = data.subarray(start, start + classes);
    const probabilities = isProbability ? row : softmax(row);
    const label = draw(probabilities, source.uniform());
    if (isProbability) direction[start + label] = -1 / Math.max(row[label]!, 1e-12);
    else
      direction.set(
        probabilities.map((p, i) => (i === label ? p - 1 : p)),
        start,
      );
  }
  return Tensor.of('float32', direction, output.shape);
}

function softmax(row: Float32Array): Float32Array {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = row.map((x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

function draw(probabilities: Float32Array, uniform: number): number {
  let rest = uniform;
  const index = probabilities.findIndex((p) => {
    rest -= p;
    return rest < 0;
  });
  return index < 0 ? probabilities.length - 1 : index;
}

const isProbability = ({ graph }: Model, name: string): boolean =>
  graph.value(name)?.producer?.opType === 'Softmax';

/** The model with the shapes of the feeds everywhere, in an operator set whose gradients we write. */
export function staticModel(float: Model, feeds: Feeds): Model {
  const upgraded = float.opset < oldestOpset ? upgradeOpset(float, oldestOpset).model : float;
  const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const fixed = fixShapes(upgraded, { shapes });
  annotateTypes(fixed.graph);
  return fixed;
}
