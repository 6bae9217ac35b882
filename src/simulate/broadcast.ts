import { type Node, product } from '../ir/index.ts';

/** How two tensors broadcast: for each output element, which of each. */
export interface Broadcast {
  readonly shape: readonly number[];
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** Which operand holds still along the innermost axis that is not 1. */
  readonly still: 'a' | 'b' | undefined;
}

/** Broadcasts shapes as numpy does. Throws ModelError if they do not fit. */
export function broadcast(node: Node, a: readonly number[], b: readonly number[]): Broadcast {
  const rank = Math.max(a.length, b.length);
  const dim = (shape: readonly number[], i: number) => shape[i - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => {
    const [x, y] = [dim(a, i), dim(b, i)];
    if (x !== y && x !== 1 && y !== 1)
      throw node.error(`inputs must broadcast, are [${a.join(', ')}] and [${b.join(', ')}]`);
    return x === 1 ? y : x;
  });
  const inner = shape.findLastIndex((size) => size !== 1);
  const still = inner < 0 ? undefined : dim(a, inner) === 1 ? 'a' : dim(b, inner) === 1 ? 'b' : undefined;
  return { shape, a: indices(shape, (i) => dim(a, i)), b: indices(shape, (i) => dim(b, i)), still };
}

function indices(shape: readonly number[], dim: (i: number) => number): Int32Array {
  let all = Int32Array.of(0);
  // Axis by axis from the outermost: an element of the next axis follows, or repeats where that has size 1.
  shape.forEach((size, i) => {
    const own = dim(i);
    const next = new Int32Array(all.length * size);
    all.forEach((from, n) => {
      for (let x = 0; x < size; x++) next[n * size + x] = own === 1 ? from : from * own + x;
    });
    all = next;
  });
  return all.length === product(shape) ? all : new Int32Array(0);
}
