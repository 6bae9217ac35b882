import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape } from '../../ops/sum-to.ts';
import type { Tape } from '../tape.ts';
import { reorderInput, reorderOutput } from './nchwc.ts';
import { padded } from './types.ts';

/** A value in blocked layout: [N, padded C, H, W] by shape, [N, C/block, H, W, block] in memory. Padding is zero. */
export interface Blocked {
  readonly value: Value;
  /** Without padding. */
  readonly channels: number;
  /** [padded C]: what was taken from each channel, so that the variance can be computed in one pass; normalization's input only. */
  readonly shift?: Value | undefined;
}

/** Whether the kernels can take a [N,C,H,W] apart and put it together again. */
export const canReorder = (value: Value): boolean =>
  staticShape(value).length === 4 && staticShape(value)[1]! % 4 === 0;

/** Puts a plain [N,C,H,W] into blocked layout. */
export function toBlocked(g: GraphBuilder, tape: Tape, x: Value): Blocked {
  const channels = staticShape(x)[1]!;
  const value = tape.region(g, [x], () => ({
    output: reorderInput(g, x),
    grad: (backward) => [reorderOutput(backward.g, backward.dy, channels)],
  }));
  return { value, channels };
}

/** Puts a blocked value into plain layout. */
export function toPlain(g: GraphBuilder, tape: Tape, { value, channels }: Blocked): Value {
  const [n = 1, c = 1, h = 1, w = 1] = staticShape(value);
  // One pixel: both layouts are the same in memory.
  if (h * w === 1 && c === channels) return reshape(g, value, [n, c, h, w]);
  return tape.region(g, [value], () => ({
    output: reorderOutput(g, value, channels),
    grad: (backward) => [reorderInput(backward.g, backward.dy)],
  }));
}

/** A vector [C] with zeros behind it, up to whole blocks. */
export function padVector(g: GraphBuilder, vector: Value, block: number): Value {
  const size = product(staticShape(vector));
  const rest = padded(size, block) - size;
  return rest === 0 ? vector : g.op('Concat', [vector, zeros(g, [rest])], { axis: 0 });
}

/** The first `size` of a vector. */
export function cutVector(g: GraphBuilder, vector: Value, size: number): Value {
  if (staticShape(vector)[0] === size) return vector;
  return g.op('Slice', [vector, g.int64s([0]), g.int64s([size]), g.int64s([0])]);
}

export const zeros = (g: GraphBuilder, shape: readonly number[]): Value =>
  g.constant('float32', new Float32Array(product(shape)), shape);
