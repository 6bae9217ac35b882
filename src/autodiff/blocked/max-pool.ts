import { type GraphBuilder, type Node, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { type Window, windowOf } from '../../ops/static-window.ts';
import { reshape } from '../../ops/sum-to.ts';
import type { Tape } from '../tape.ts';
import type { Blocked } from './layout.ts';
import { blockedConv, maxPool } from './nchwc.ts';

/** Whether the pool takes the maxima of 2x2 tiles that cover the input. */
export function isTilingByTwo(node: Node, x: Value): boolean {
  const input = staticShape(x).slice(2);
  const kernel = node.ints('kernel_shape') ?? [];
  if (kernel.join() !== '2,2' || input.some((size) => size % 2 !== 0)) return false;
  const { strides, pads, dilations } = windowOf(node, { kernel, input });
  return [...pads, ...strides.map((s) => s - 2), ...dilations.map((d) => d - 1)].every((v) => v === 0);
}

/**
 * Maxima of 2x2 tiles: of columns that touch, then of rows. Backward each pair gives its gradient to the larger one, the
 * first if they are equal, which makes it the first of the tile's largest elements, as in PyTorch. No indices are kept:
 * a strided convolution tells which one it was.
 */
export function maxPoolByTwo(
  g: GraphBuilder,
  { tape, x, block }: { tape: Tape; x: Blocked; block: number },
): Blocked {
  const columns = pairs(g, { tape, x: x.value, axis: 1, block });
  return { value: pairs(g, { tape, x: columns, axis: 0, block }), channels: x.channels };
}

interface Pairs {
  readonly tape: Tape;
  readonly x: Value;
  /** Of the spatial axes. */
  readonly axis: 0 | 1;
  readonly block: number;
}

function pairs(g: GraphBuilder, { tape, x, axis, block }: Pairs): Value {
  const kernel = axis === 0 ? [2, 1] : [1, 2];
  const window = { kernel, strides: kernel, pads: [0, 0, 0, 0], dilations: [1, 1] };
  const shape = staticShape(x);
  return tape.region(g, [x], () => ({
    output: maxPool(g, x, window),
    grad({ g, dy }) {
      const first = g.op('Mul', [dy, firstIsLargest(g, x, { ...window, block })]);
      const second = g.op('Sub', [dy, first]);
      // What lies between two neighbours in memory: a pixel's block, or a row of them.
      const chunk = axis === 1 ? block : block * shape[3]!;
      const parts = [first, second].map((part) =>
        reshape(g, part, [product(staticShape(part)) / chunk, chunk]),
      );
      return [reshape(g, g.op('Concat', parts, { axis: 1 }), shape)];
    },
  }));
}

/** Numbers below 2^27 stay finite, and differences down to 2^-100 count. */
const steep = 2 ** 100;

/** 1 where the first of a pair is not smaller than the second, else 0: steep (first - second) + 1, cut to [0, 1]. */
function firstIsLargest(g: GraphBuilder, x: Value, { block, ...window }: Window & { block: number }): Value {
  const channels = staticShape(x)[1]!;
  // In the filter's order: [C/block, 2 taps, block].
  const weights = Float32Array.from({ length: channels * 2 }, (_, i) =>
    Math.floor(i / block) % 2 ? -steep : steep,
  );
  const filter = g.constant('float32', weights, [channels, 1, ...window.kernel]);
  const bias = g.constant('float32', new Float32Array(channels).fill(1), [channels]);
  const activation = { kind: 'Clip', low: 0, high: 1 } as const;
  return blockedConv(g, { x, filter, bias }, { ...window, group: channels, activation });
}
