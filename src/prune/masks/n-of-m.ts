import { product } from '../../ir/index.ts';

/** At most `n` of `m` weights one after another stay. */
export interface BlockPattern {
  readonly n: number;
  readonly m: number;
}

/** Where the weights that are summed up together lie: `vectors` starts, each `length` elements a `stride` apart. */
export interface ReductionLayout {
  readonly length: number;
  readonly stride: number;
  /** Offset of the first element of vector `index`. */
  start(index: number): number;
  readonly vectors: number;
}

/** The vectors along an axis of a tensor. */
export function reductionLayout(shape: readonly number[], axis: number): ReductionLayout {
  const length = shape[axis]!;
  const stride = product(shape.slice(axis + 1));
  return {
    ...{ length, stride },
    vectors: product(shape.slice(0, axis)) * stride,
    start: (index) => Math.floor(index / stride) * length * stride + (index % stride),
  };
}

/**
 * Keeps the `n` of highest score of every `m` weights along an axis, of equal ones the first; of a last block of fewer as
 * well (that is how hardware pads it). For a convolution [K, C, R, S] along C these are blocks of input channels at one place
 * of the filter, as sparse tensor cores read them (Mishra et al. 2021, arXiv 2104.08378).
 */
export function blockMask(
  scores: Float32Array,
  { shape, axis, pattern: { n, m } }: { shape: readonly number[]; axis: number; pattern: BlockPattern },
): Uint8Array {
  const layout = reductionLayout(shape, axis);
  const mask = new Uint8Array(scores.length);
  for (let vector = 0; vector < layout.vectors; vector++) {
    const start = layout.start(vector);
    for (let first = 0; first < layout.length; first += m) {
      const size = Math.min(m, layout.length - first);
      const block = Array.from({ length: size }, (_, k) => start + (first + k) * layout.stride);
      for (const index of highest(block, scores, n)) mask[index] = 1;
    }
  }
  return mask;
}

/** The `count` indices of highest score. */
const highest = (indices: readonly number[], scores: Float32Array, count: number): number[] =>
  indices.toSorted((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
