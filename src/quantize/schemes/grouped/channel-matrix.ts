import { product, type TypedArray } from '../../../ir/index.ts';

/** A weight as a row of inputs for each channel: [channels, inputs]. */
export interface ChannelMatrix {
  readonly channels: number;
  readonly inputs: number;
  readonly values: Float32Array;
}

/** The rows of a weight with its channels along `axis`; other axes keep their order. */
export function toChannels(values: Float32Array, shape: readonly number[], axis: number): ChannelMatrix {
  const rows = new Float32Array(values.length);
  const channels = shape[axis]!;
  forEachElement(shape, axis, (at, row, column, inputs) => {
    rows[row * inputs + column] = values[at]!;
  });
  return { channels, inputs: channels === 0 ? 0 : values.length / channels, values: rows };
}

/** The inverse: elements of rows where a tensor of `shape` has them. */
export function fromChannels<A extends TypedArray>(rows: A, shape: readonly number[], axis: number): A {
  const values = rows.slice() as A;
  forEachElement(shape, axis, (at, row, column, inputs) => {
    values[at] = rows[row * inputs + column]!;
  });
  return values;
}

type Visit = (at: number, row: number, column: number, inputs: number) => void;

function forEachElement(shape: readonly number[], axis: number, visit: Visit): void {
  const channels = shape[axis]!;
  const inner = product(shape.slice(axis + 1));
  const outer = product(shape.slice(0, axis));
  const inputs = outer * inner;
  for (let o = 0, at = 0; o < outer; o++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < inner; i++, at++) visit(at, c, o * inner + i, inputs);
}
