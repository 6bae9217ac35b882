import { setImmediate as turn } from 'node:timers/promises';
import type { ChannelMatrix } from '../grouped/channel-matrix.ts';
import { fitGroup, type GroupedWeight, groupedWeight, roundInto } from '../grouped/grouped-weight.ts';
import type { IntegerFormat } from '../grouped/integer-format.ts';
import { inverseFactor, type SquareMatrix } from './inverse-factor.ts';

export interface GptqOptions {
  /** Part of the mean of the Hessian's diagonal that is added to it. Default 0.01. */
  readonly damping?: number;
  /**
   * Rounds inputs of the largest energy first. Scales of groups are then fixed beforehand (static groups), so that
   * groups stay contiguous. Default true.
   */
  readonly actOrder?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rounds a matrix input by input, and lets the inputs not yet rounded make up for the error. `hessian`: X^T X of the
 * layer's inputs X [samples, inputs], to any factor. An input that is always 0 keeps its nearest integer.
 * Source: Frantar et al. 2022 (arXiv 2210.17323); its blocks only reorder the same sums, so here rows go in bundles.
 */
export async function gptq(
  matrix: ChannelMatrix,
  hessian: SquareMatrix,
  { format, damping = 0.01, actOrder = true, signal }: GptqOptions & { readonly format: IntegerFormat },
): Promise<GroupedWeight> {
  const weight = groupedWeight(matrix, format);
  const order = actOrder ? byEnergy(hessian) : Uint32Array.from({ length: matrix.inputs }, (_, i) => i);
  const factor = await inverseFactor(damped(hessian, order, damping), signal);
  if (actOrder) fitAllGroups(weight, matrix.values);
  const rows = reordered(matrix, order);
  for (let channel = 0; channel < matrix.channels; channel += bundle) {
    const end = Math.min(channel + bundle, matrix.channels);
    roundRows({ weight, rows, order, factor, staticGroups: actOrder }, channel, end);
    await turn();
    signal?.throwIfAborted();
  }
  return weight;
}

/** Rows that go through the factor together, so that it comes from memory once for all of them. */
const bundle = 16;

interface Rounding {
  readonly weight: GroupedWeight;
  /** [channels, inputs] with inputs in the order of `order`, changed on the way. */
  readonly rows: Float64Array;
  readonly order: Uint32Array;
  /** [inputs, inputs] in the same order. */
  readonly factor: Float64Array;
  readonly staticGroups: boolean;
}

function roundRows({ weight, rows, order, factor, staticGroups }: Rounding, from: number, to: number): void {
  const { inputs, group } = weight;
  const bundled = Array.from({ length: to - from }, (_, r) =>
    rows.subarray((from + r) * inputs, (from + r + 1) * inputs),
  );
  for (let step = 0; step < inputs; step++) {
    const line = factor.subarray(step * inputs, (step + 1) * inputs);
    for (const [r, row] of bundled.entries()) {
      if (!staticGroups && step % group === 0) fitGroup(weight, rows, from + r, step / group);
      const error = (row[step]! - roundInto(weight, from + r, order[step]!, row[step]!)) / line[step]!;
      for (let next = step + 1; next < inputs; next++) row[next]! -= error * line[next]!;
    }
  }
}

/** Rows with their columns in an order. */
function reordered({ channels, inputs, values }: ChannelMatrix, order: Uint32Array): Float64Array {
  const rows = new Float64Array(values.length);
  for (let channel = 0; channel < channels; channel++)
    for (let step = 0; step < inputs; step++)
      rows[channel * inputs + step] = values[channel * inputs + order[step]!]!;
  return rows;
}

function fitAllGroups(weight: GroupedWeight, values: Float32Array): void {
  for (let channel = 0; channel < weight.channels; channel++)
    for (let g = 0; g < weight.groups; g++) fitGroup(weight, values, channel, g);
}

/** Inputs, those of the largest mean square first. */
function byEnergy({ size, values }: SquareMatrix): Uint32Array {
  const energy = (i: number) => values[i * size + i]!;
  return Uint32Array.from({ length: size }, (_, i) => i).sort((a, b) => energy(b) - energy(a) || a - b);
}

/** The Hessian in an order, with a part of its mean diagonal added, and 1 where an input is always 0. */
function damped({ size, values }: SquareMatrix, order: Uint32Array, damping: number): SquareMatrix {
  const reordered = new Float64Array(size * size);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += values[i * size + i]!;
  const added = (damping * trace) / size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) reordered[i * size + j] = values[order[i]! * size + order[j]!]!;
    reordered[i * size + i]! += values[order[i]! * size + order[i]!]! === 0 ? 1 + added : added;
  }
  return { size, values: reordered };
}

/**
 * SQNR of a layer's output in dB on the inputs that its Hessian stands for: 10 log10 of tr(W H W^T) over the same
 * of the rounding error.
 */
export function layerSqnr(
  matrix: ChannelMatrix,
  rounded: Float32Array,
  { size, values }: SquareMatrix,
): number {
  let [signal, noise] = [0, 0];
  for (let channel = 0; channel < matrix.channels; channel++) {
    const row = matrix.values.subarray(channel * size, (channel + 1) * size);
    const error = row.map((w, i) => w - rounded[channel * size + i]!);
    signal += quadratic(row, values);
    noise += quadratic(error, values);
  }
  return noise <= 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/** x H x^T of a symmetric H. */
function quadratic(x: Float32Array, h: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    let right = 0;
    for (let j = i + 1; j < x.length; j++) right += h[i * x.length + j]! * x[j]!;
    sum += x[i]! * (h[i * x.length + i]! * x[i]! + 2 * right);
  }
  return sum;
}
