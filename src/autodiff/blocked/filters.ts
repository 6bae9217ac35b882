import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape, transpose } from '../../ops/sum-to.ts';
import { zeros } from './layout.ts';
import { padded } from './types.ts';

/**
 * w [M,C,kh,kw] in the order of the kernel that reads blocked input: [M/b, C/b, kh, kw, b of C, b of M] in memory,
 * [padded M, padded C, kh, kw] by shape.
 */
export function denseFilter(g: GraphBuilder, w: Value, block: number): Value {
  const { blocks, mBlocks, cBlocks, kernel } = inBlocks(g, w, block);
  const ordered = transpose(g, blocks, [0, 2, 4, 3, 1]);
  return reshape(g, ordered, [mBlocks * block, cBlocks * block, ...kernel]);
}

/** Some taps of a kernel, by their index in it, as a kernel of another shape. */
export interface Taps {
  readonly order: readonly number[];
  readonly kernel: readonly number[];
}

/** All taps in reverse. */
export const reversedTaps = (kernel: readonly number[]): Taps => ({
  order: Array.from({ length: product(kernel) }, (_, i) => product(kernel) - 1 - i),
  kernel,
});

/** The filter of an input's gradient: input and output channels exchanged, some or all taps. */
export function exchangedDenseFilter(
  g: GraphBuilder,
  w: Value,
  { block, taps }: { block: number; taps: Taps },
): Value {
  const { blocks, mBlocks, cBlocks } = inBlocks(g, w, block);
  const ordered = transpose(g, picked(g, blocks, { axis: 4, taps }), [2, 0, 4, 1, 3]);
  return reshape(g, ordered, [cBlocks * block, mBlocks * block, ...taps.kernel]);
}

/** w [M,C,kh,kw] for a plain input of fewer channels than a block: [M/b, C, kh, kw, b]. */
export function fewChannelsFilter(g: GraphBuilder, w: Value, block: number): Value {
  const whole = padAxis(g, w, 0, block);
  const [m = 1, c = 1, ...kernel] = staticShape(whole);
  const blocks = reshape(g, whole, [m / block, block, c * product(kernel)]);
  return reshape(g, transpose(g, blocks, [0, 2, 1]), [m, c, ...kernel]);
}

/** w [C,1,kh,kw] of a depthwise convolution, all taps or some: [C/b, kh, kw, b]. */
export function depthwiseFilter(
  g: GraphBuilder,
  w: Value,
  { block, taps }: { block: number; taps?: Taps },
): Value {
  const whole = padAxis(g, w, 0, block);
  const [c = 1, , ...kernel] = staticShape(whole);
  const all = reshape(g, whole, [c / block, block, product(kernel)]);
  const ordered = transpose(g, taps ? picked(g, all, { axis: 2, taps }) : all, [0, 2, 1]);
  return reshape(g, ordered, [c, 1, ...(taps?.kernel ?? kernel)]);
}

/** [M/b, b, C/b, b, taps], padded with zeros. */
function inBlocks(g: GraphBuilder, w: Value, block: number) {
  const whole = padAxis(g, padAxis(g, w, 0, block), 1, block);
  const [m = 1, c = 1, ...kernel] = staticShape(whole);
  const [mBlocks, cBlocks] = [m / block, c / block];
  const blocks = reshape(g, whole, [mBlocks, block, cBlocks, block, product(kernel)]);
  return { blocks, mBlocks, cBlocks, kernel };
}

function picked(g: GraphBuilder, all: Value, { axis, taps }: { axis: number; taps: Taps }): Value {
  const asTheyAre = taps.order.length === staticShape(all)[axis] && taps.order.every((tap, i) => tap === i);
  return asTheyAre ? all : g.op('Gather', [all, g.int64s(taps.order)], { axis });
}

function padAxis(g: GraphBuilder, w: Value, axis: number, block: number): Value {
  const shape = staticShape(w);
  const rest = padded(shape[axis]!, block) - shape[axis]!;
  if (rest === 0) return w;
  return g.op(
    'Concat',
    [
      w,
      zeros(
        g,
        shape.map((size, i) => (i === axis ? rest : size)),
      ),
    ],
    { axis },
  );
}
