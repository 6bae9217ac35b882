import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../../errors.ts';
import type { GraphBuilder, Model, Tensor, Value } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { annotateTypes, createBuilder } from '../../ops/index.ts';
import { removeUnused } from '../../passes/index.ts';
import type { WorkOptions } from '../../report.ts';
import { InferenceSession, isBusyMachine, type SessionOptions } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';

/** Of each channel of a value over all samples and positions. */
export interface ChannelStatistics {
  readonly mean: Float64Array;
  /** The square root of the mean squared distance from the mean. */
  readonly deviation: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** A value by name, and the axis of its channels. */
export interface Channels {
  readonly name: string;
  readonly axis: number;
}

export interface ObserveOptions extends WorkOptions {
  readonly calibration: Calibration;
  /** Of onnxruntime; quantized models need `{ keepQdq: true, optimization: 'basic' }` to be computed as ONNX says. */
  readonly session?: SessionOptions;
  /** Only the mean, which is all that bias correction needs: the others are NaN. */
  readonly meanOnly?: boolean;
}

/**
 * Runs a model on calibration data and reduces float32 values to statistics of their channels inside the graph, so that
 * whatever their size a few numbers a channel leave onnxruntime. Batches are merged as Chan et al. 1983 do.
 * Throws UsageError if there is no batch: a generator gives none the second time.
 */
export async function channelStatistics(
  model: Model,
  values: readonly Channels[],
  { calibration, session: sessionOptions = {}, meanOnly = false, ...work }: ObserveOptions,
): Promise<Map<string, ChannelStatistics>> {
  // A model without outputs cannot be run.
  if (values.length === 0) return new Map();
  const session = await InferenceSession.create(writeModel(reducing(model, values, meanOnly)), {
    spinning: !isBusyMachine(),
    ...sessionOptions,
  });
  const merged = values.map(() => new ChannelMeter());
  let done = 0;
  try {
    for await (const feeds of calibration) {
      work.signal?.throwIfAborted();
      const results = await session.run(feeds);
      for (const [i, one] of merged.entries()) one.add(results, i);
      done++;
      work.onProgress?.({ done, total: done, message: 'batches' });
      await turn();
    }
  } finally {
    await session.release();
  }
  requireBatches(done);
  return new Map(values.map(({ name }, i) => [name, merged[i]!.statistics()]));
}

/** Throws UsageError if calibration data had no batch. */
export function requireBatches(count: number): void {
  if (count > 0) return;
  throw new UsageError(
    'The calibration set must have at least one batch each time that it is gone through, had none; give an array, not a generator',
  );
}

/** The part of a model that makes the values, with their statistics as its only outputs. */
function reducing(model: Model, values: readonly Channels[], meanOnly: boolean): Model {
  const copy = model.clone();
  annotateTypes(copy.graph);
  copy.graph.outputs.length = 0;
  addStatistics(copy, values, meanOnly);
  return removeUnused(copy);
}

/** Adds statistics of values as outputs, IN PLACE, for `ChannelMeter` to read. Types must be annotated. */
export function addStatistics(copy: Model, values: readonly Channels[], meanOnly: boolean): void {
  const byName = new Map([...copy.graph.values()].map((value) => [value.name, value]));
  const b = createBuilder({ graph: copy.graph, prefix: 'edgebook.channels/' });
  values.forEach(({ name, axis }, i) => {
    const x = byName.get(name)!;
    const axes = x.shape!.flatMap((_, at) => (at === axis ? [] : [at]));
    const reduce = (opType: string, value: Value, keepdims = 0) =>
      reduction(b, { opType, value, axes, keepdims, opset: copy.opset });
    const mean = reduce('ReduceMean', x, 1);
    b.output(b.op('Reshape', [mean, b.int64s([-1])]), `mean${i}`);
    b.output(b.op('Size', [x]), `size${i}`);
    if (meanOnly) return;
    const distance = b.op('Sub', [x, mean]);
    b.output(reduce('ReduceMean', b.op('Mul', [distance, distance])), `variance${i}`);
    b.output(reduce('ReduceMin', x), `min${i}`);
    b.output(reduce('ReduceMax', x), `max${i}`);
  });
}

interface Reduction {
  readonly opType: string;
  readonly value: Value;
  readonly axes: readonly number[];
  readonly keepdims: number;
  readonly opset: number;
}

/** Axes are an input since operator set 18, an attribute before. */
function reduction(b: GraphBuilder, { opType, value, axes, keepdims, opset }: Reduction): Value {
  if (axes.length === 0) return value;
  return opset < 18
    ? b.op(opType, [value], { axes, keepdims })
    : b.op(opType, [value, b.int64s(axes)], { keepdims });
}

/** Merges the statistics of batches, as `addStatistics` gives them. */
export class ChannelMeter {
  #count = 0;
  #mean = new Float64Array();
  /** Sum of squared distances from the mean, in units of one count. */
  #squares = new Float64Array();
  #min = new Float64Array();
  #max = new Float64Array();

  /** `i`: which of the values. */
  add(results: Readonly<Record<string, Tensor>>, i: number): void {
    const mean = results[`mean${i}`]!.toNumbers();
    const count = results[`size${i}`]!.toNumbers()[0]! / mean.length;
    if (count === 0) return;
    const of = (what: string) => results[`${what}${i}`]?.toNumbers() ?? mean.map(() => Number.NaN);
    const [variance, min, max] = [of('variance'), of('min'), of('max')];
    if (this.#count === 0) this.#start(mean.length);
    const total = this.#count + count;
    mean.forEach((batch, c) => {
      const delta = batch - this.#mean[c]!;
      this.#squares[c]! += variance[c]! * count + (delta * delta * this.#count * count) / total;
      this.#mean[c]! += (delta * count) / total;
      this.#min[c] = Math.min(this.#min[c]!, min[c]!);
      this.#max[c] = Math.max(this.#max[c]!, max[c]!);
    });
    this.#count = total;
  }

  #start(channels: number): void {
    this.#mean = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
    this.#min = new Float64Array(channels).fill(Infinity);
    this.#max = new Float64Array(channels).fill(-Infinity);
  }

  statistics(): ChannelStatistics {
    const deviation = this.#squares.map((sum) => Math.sqrt(sum / this.#count));
    return { mean: this.#mean, deviation, min: this.#min, max: this.#max };
  }
}
