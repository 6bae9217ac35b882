import { product, type Tensor } from '../../../ir/index.ts';
import { type Window, windowOf } from '../../../ops/static-window.ts';
import type { WeightedLayer } from './weighted-layer.ts';

/** Rows of numbers that a layer's weights meet, cut out of its input. */
export interface PatchReader {
  /** Places of the output in one sample. */
  readonly places: number;
  /** Writes the row [columns] of a group at a place into `to` from `offset` on. */
  read(sample: number, place: number, group: number, to: Float32Array, offset: number): void;
  /** Writes the outputs [channels] of a group at a place. */
  readOutput(sample: number, place: number, group: number, to: Float32Array, offset: number): void;
}

/** Cuts the rows of one batch: `x` is the layer's input, `y` its output behind the activation. */
export function patchReader(layer: WeightedLayer, x: Tensor, y: Tensor): PatchReader {
  return layer.node.opType === 'Conv' ? convolutionReader(layer, x, y) : matrixReader(layer, x, y);
}

/** Samples in a tensor. */
export const sampleCount = ({ shape }: Tensor): number => shape[0] ?? 1;

function matrixReader({ columns, channels }: WeightedLayer, x: Tensor, y: Tensor): PatchReader {
  const [input, output] = [x.data as Float32Array, y.data as Float32Array];
  const places = x.shape.length < 2 ? 1 : product(x.shape.slice(1, -1));
  return {
    places,
    read(sample, place, _group, to, offset) {
      const from = (sample * places + place) * columns;
      to.set(input.subarray(from, from + columns), offset);
    },
    readOutput(sample, place, _group, to, offset) {
      const from = (sample * places + place) * channels;
      to.set(output.subarray(from, from + channels), offset);
    },
  };
}

function convolutionReader(layer: WeightedLayer, x: Tensor, y: Tensor): PatchReader {
  const { node, groups, channels } = layer;
  const [input, output] = [x.data as Float32Array, y.data as Float32Array];
  const [sizes, results] = [x.shape.slice(2), y.shape.slice(2)];
  const kernel = layer.weight.shape.slice(2);
  const window = windowOf(node, { kernel, input: sizes });
  const [area, places, taps] = [product(sizes), product(results), product(kernel)];
  const perGroup = layer.columns / taps;
  const cached = new Map<number, Int32Array>();
  const tapsAt = (place: number): Int32Array => {
    const known = cached.get(place) ?? tapOffsets({ window, sizes, results }, place);
    cached.set(place, known);
    return known;
  };
  return {
    places,
    read(sample, place, group, to, offset) {
      const offsets = tapsAt(place);
      for (let c = 0; c < perGroup; c++) {
        const base = ((sample * groups + group) * perGroup + c) * area;
        for (let t = 0; t < taps; t++)
          to[offset + c * taps + t] = offsets[t]! < 0 ? 0 : input[base + offsets[t]!]!;
      }
    },
    readOutput(sample, place, group, to, offset) {
      const base = (sample * groups + group) * channels;
      for (let m = 0; m < channels; m++) to[offset + m] = output[(base + m) * places + place]!;
    },
  };
}

interface Geometry {
  readonly window: Window;
  readonly sizes: readonly number[];
  readonly results: readonly number[];
}

/** Where in a channel of the input each tap of the kernel reads at a place of the output; -1 in the padding. */
function tapOffsets({ window, sizes, results }: Geometry, place: number): Int32Array {
  const { kernel, strides, dilations, pads } = window;
  const at = coordinates(place, results);
  return Int32Array.from({ length: product(kernel) }, (_, tap) => {
    let offset = 0;
    const taps = coordinates(tap, kernel);
    for (const [axis, size] of sizes.entries()) {
      const index = at[axis]! * strides[axis]! - pads[axis]! + taps[axis]! * dilations[axis]!;
      if (index < 0 || index >= size) return -1;
      offset = offset * size + index;
    }
    return offset;
  });
}

/** The index tuple of a row-major position. */
function coordinates(position: number, shape: readonly number[]): number[] {
  const found: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    found.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return found;
}
