import type { Dim, Shape } from '../ir/index.ts';

/** A shape of which only the rank is known. */
export const unknownDims = (rank: number): Dim[] => Array<Dim>(rank).fill(null);

/** What is known of one dimension from two views of it; undefined if they contradict each other. */
export function mergeDim(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? a : undefined;
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return a ?? b;
}

/** What is known of one shape from two views of it; undefined if they contradict each other. Ranks are equal. */
export function mergeShapes(a: Shape, b: Shape): Dim[] | undefined {
  const merged = a.map((dim, i) => mergeDim(dim, b[i]!));
  return merged.includes(undefined) ? undefined : (merged as Dim[]);
}

/** A dimension that is `a` in one case and `b` in the other. */
export const joinDim = (a: Dim, b: Dim): Dim => (a === b ? a : null);

/** A shape that is `a` in one case and `b` in the other; undefined where the ranks differ. */
export function joinShapes(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a?.length !== b?.length) return undefined;
  return a?.map((dim, i) => joinDim(dim, b![i]!));
}

export function sumDims(dims: Shape): Dim {
  const rest = dims.filter((dim) => dim !== 0);
  if (rest.length === 1) return rest[0]!;
  return rest.reduce<Dim>((a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : null), 0);
}

export function productDims(dims: Shape): Dim {
  if (dims.includes(0)) return 0;
  const rest = dims.filter((dim) => dim !== 1);
  if (rest.length === 1) return rest[0]!;
  return rest.reduce<Dim>((a, b) => (typeof a === 'number' && typeof b === 'number' ? a * b : null), 1);
}
