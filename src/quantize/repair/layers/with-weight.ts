import { Tensor } from '../../../ir/index.ts';
import type { Encodings, WeightEncoding } from '../../encodings.ts';
import { fromColumns, perChannel, type WeightedLayer } from './weighted-layer.ts';

/** Integers [groups, columns, channels] in place of those of a layer's weight. */
export function withIntegers(
  layer: WeightedLayer,
  encoding: WeightEncoding,
  integers: ArrayLike<number>,
): WeightEncoding {
  const { tensor } = encoding.weight;
  const data = Int8Array.from(fromColumns(layer, integers));
  return { ...encoding, weight: { ...encoding.weight, tensor: Tensor.of(tensor.dtype, data, tensor.shape) } };
}

/** The real numbers [groups, columns, channels] of integers in that order. */
export function realWeights(
  { columns, channels, ...layer }: WeightedLayer,
  scales: ArrayLike<number>,
  integers: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const all = perChannel({ ...layer, columns, channels }, scales);
  return Float32Array.from(
    { length: integers.length },
    (_, i) => integers[i]! * all[Math.floor(i / (columns * channels)) * channels + (i % channels)]!,
  );
}

/** Encodings with another one for the weight of a node. */
export const withWeight = (encodings: Encodings, name: string, weight: WeightEncoding): Encodings => ({
  ...encodings,
  weights: new Map([...encodings.weights, [name, weight]]),
});
