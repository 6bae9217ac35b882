import type { ChannelMatrix } from '../../../../../src/quantize/schemes/grouped/channel-matrix.ts';
import type { SquareMatrix } from '../../../../../src/quantize/schemes/weight-only/inverse-factor.ts';
import { random } from '../../../../../src/random.ts';

/** The sizes of a layer and of what goes into it. */
interface Sizes {
  readonly channels: number;
  readonly inputs: number;
  readonly samples: number;
}

/** A random matrix with inputs that depend on one another and differ in size, as activations do. */
export function correlatedLayer({ channels, inputs, samples }: Sizes) {
  const { normal } = random(7);
  const many = (count: number) => Array.from({ length: count }, () => normal());
  const matrix: ChannelMatrix = { channels, inputs, values: Float32Array.from(many(channels * inputs)) };
  const mix = Array.from({ length: inputs }, (_, i) => ({ weights: many(6), size: 1 + (i % 5) }));
  const activations = Array.from({ length: samples }, () => {
    const sources = many(6);
    return mix.map(({ weights, size }) => size * (0.3 * normal() + dot(weights, sources)));
  });
  return { matrix, activations, hessian: hessianOf(activations, inputs) };
}

/** X^T X of rows. */
export function hessianOf(activations: readonly number[][], inputs: number): SquareMatrix {
  const values = new Float64Array(inputs * inputs);
  for (const row of activations)
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < inputs; j++) values[i * inputs + j]! += row[i]! * row[j]!;
  return { size: inputs, values };
}

export const rowsOf = (values: Float32Array, inputs: number): number[][] =>
  Array.from({ length: values.length / inputs }, (_, i) => [...values.slice(i * inputs, (i + 1) * inputs)]);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);
