import { setImmediate as turn } from 'node:timers/promises';
import { oldestOpset } from '../../autodiff/index.ts';
import { UsageError } from '../../errors.ts';
import { type Model, Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import { fixShapes, upgradeOpset } from '../../passes/index.ts';
import { type Random, random } from '../../random.ts';
import type { WorkOptions } from '../../report.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import type { Encodings } from '../encodings.ts';
import type { PlanOptions } from '../plan.ts';
import { slicesFor } from '../slices.ts';
import { type SensitivityGraph, sensitivityGraph } from './sensitivity-graph.ts';
import type { Unit } from './units.ts';

/**
 * - `fisher`: half the expected squared directional derivative of the log likelihood, labels drawn from the model's own
 *   prediction: the Kullback-Leibler divergence, in nats, that the unit alone causes, to second order
 * - `mse`: energy of the outputs' linear change, relative to the outputs': noise that the unit alone causes
 * - `sqnr`: energy of the unit's own error relative to its result; looks at no output
 */
export type SensitivityMethod = 'fisher' | 'mse' | 'sqnr';

export interface Sensitivity {
  readonly unit: Unit;
  /** 0 or more; larger: more harm. In the method's measure. */
  readonly score: number;
}

export interface SensitivityOptions extends WorkOptions {
  /** Default `fisher` for a model with one output [batch, classes], else `mse`. */
  readonly method?: SensitivityMethod;
  /** Default 0. */
  readonly seed?: number;
  /** What the encodings were made for. */
  readonly plan?: PlanOptions;
}

/** Samples that a run holds with all gradients. */
const batchSize = 8;

/**
 * How much the quantization of each unit of a prepared model harms, all in one pass over the feeds (inputs batch first).
 * In the order of the graph. Throws ModelError where gradients cannot pass, UsageError without feeds.
 * Source: the diagonal-free Fisher form of Dong et al. 2020 (HAWQ-V2, arXiv 1911.03852) and Li et al. 2021 (BRECQ,
 * arXiv 2102.05426); random projections for the outputs' Jacobian are Hutchinson's.
 */
export async function sensitivity(
  float: Model,
  encodings: Encodings,
  { feeds, ...options }: SensitivityOptions & { readonly feeds: readonly Feeds[] },
): Promise<Sensitivity[]> {
  const slices = slicesFor(float, feeds, batchSize);
  if (slices.length === 0)
    throw new UsageError('Sensitivity must be measured on at least one full batch, had none');
  const method = options.method ?? (isClassifier(float) ? 'fisher' : 'mse');
  const graph = sensitivityGraph(staticModel(float, slices[0]!), encodings, options.plan);
  const sums = await summed(float, graph, { ...options, slices, method });
  return graph.units.map((unit, i) => ({ unit, score: scoreOf(method, sums, i) }));
}

interface Sums {
  readonly effect: Float64Array;
  readonly noise: Float64Array;
  readonly signal: Float64Array;
  samples: number;
  /** Energy of the outputs. */
  output: number;
}

function scoreOf(method: SensitivityMethod, sums: Sums, i: number): number {
  if (method === 'sqnr') return sums.noise[i]! / (sums.signal[i]! || 1);
  return method === 'mse' ? sums.effect[i]! / (sums.output || 1) : sums.effect[i]! / (2 * sums.samples);
}

async function summed(
  float: Model,
  { model, units }: SensitivityGraph,
  options: SensitivityOptions & { slices: readonly Feeds[]; method: SensitivityMethod },
): Promise<Sums> {
  const { slices, method, signal, onProgress, seed = 0 } = options;
  const vector = () => new Float64Array(units.length);
  const sums: Sums = { effect: vector(), noise: vector(), signal: vector(), samples: 0, output: 0 };
  const spinning = !isBusyMachine();
  const sessions = [
    await InferenceSession.create(writeModel(float), { spinning }),
    await InferenceSession.create(writeModel(model), { keepQdq: true, optimization: 'basic', spinning }),
  ] as const;
  const source = random(seed);
  try {
    for (const [done, slice] of slices.entries()) {
      signal?.throwIfAborted();
      const outputs = Object.entries(await sessions[0].run(slice)).filter(([, t]) => t.dtype === 'float32');
      const directions = outputs.map(([name, tensor]) => [
        `direction/${name}`,
        directionOf(tensor, { method, source, isProbability: isProbability(float, name) }),
      ]);
      const result = await sessions[1].run({ ...slice, ...Object.fromEntries(directions) });
      for (const key of ['effect', 'noise', 'signal'] as const)
        (result[key]!.data as Float32Array).forEach((x, i) => {
          sums[key][i]! += x;
        });
      for (const [, tensor] of outputs) for (const y of tensor.data as Float32Array) sums.output += y * y;
      sums.samples += Object.values(slice)[0]!.shape[0]!;
      onProgress?.({ done: done + 1, total: slices.length, message: 'sensitivity' });
      await turn();
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
  return sums;
}

interface Direction {
  readonly method: SensitivityMethod;
  readonly source: Random;
  readonly isProbability: boolean;
}

/** The gradient to start from at an output: of the log likelihood of a drawn label, or a random projection. */
function directionOf(output: Tensor, { method, source, isProbability }: Direction): Tensor {
  const data = output.data as Float32Array;
  if (method !== 'fisher')
    return Tensor.of(
      'float32',
      Float32Array.from(data, () => source.normal()),
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

const isClassifier = ({ graph: { outputs } }: Model): boolean =>
  outputs.length === 1 && outputs[0]!.dtype === 'float32' && outputs[0]!.shape?.length === 2;

const isProbability = ({ graph }: Model, name: string): boolean =>
  graph.value(name)?.producer?.opType === 'Softmax';

/** The model with the shapes of the feeds everywhere, in an operator set whose gradients we write. */
function staticModel(float: Model, feeds: Feeds): Model {
  const upgraded = float.opset < oldestOpset ? upgradeOpset(float, oldestOpset).model : float;
  const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const fixed = fixShapes(upgraded, { shapes });
  annotateTypes(fixed.graph);
  return fixed;
}
