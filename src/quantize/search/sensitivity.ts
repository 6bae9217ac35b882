import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Feeds } from '../../runtime/index.ts';
import type { Encodings } from '../encodings.ts';
import type { PlanOptions } from '../plan.ts';
import { samplesOf, slicesFor } from '../slices.ts';
import { addTo, directed, staticModel } from './directed.ts';
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
  const most = feeds.reduce((size, batch) => Math.max(size, samplesOf(batch)), 1);
  const slices = slicesFor(float, feeds, Math.min(batchSize, most));
  if (slices.length === 0)
    throw new UsageError(
      'Sensitivity must be measured on at least one batch, had none; give calibration data, as many samples as the model takes at once',
    );
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
  const { method } = options;
  const vector = () => new Float64Array(units.length);
  const sums: Sums = { effect: vector(), noise: vector(), signal: vector(), samples: 0, output: 0 };
  const work = {
    ...options,
    total: options.slices.length,
    directions: method === 'fisher' ? method : 'projection',
    optimization: 'disabled',
  } as const;
  await directed(float, model, work, ({ results, outputs, samples }) => {
    for (const key of ['effect', 'noise', 'signal'] as const) addTo(sums[key], results[key]!);
    for (const { data } of outputs) for (const y of data as Float32Array) sums.output += y * y;
    sums.samples += samples;
  });
  return sums;
}

const isClassifier = ({ graph: { outputs } }: Model): boolean =>
  outputs.length === 1 && outputs[0]!.dtype === 'float32' && outputs[0]!.shape?.length === 2;
