/** A dimension: its size, the name of a symbolic one, or null if nothing is known. */
export type Dim = number | string | null;
export type Shape = readonly Dim[];

/** Number of elements of a static shape. */
export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const isStatic = (shape: Shape | undefined): shape is readonly number[] =>
  shape?.every((d) => typeof d === 'number') === true;

/** Reads `[N, 1, 28, ?]`; undefined is an unknown rank. */
export const formatShape = (shape: Shape | undefined): string =>
  shape === undefined ? '[...]' : `[${shape.map((d) => d ?? '?').join(', ')}]`;

/** True if two dimensions can be the same size: equal, or at least one is not a known number. */
export const dimsAgree = (a: Dim, b: Dim): boolean =>
  typeof a !== 'number' || typeof b !== 'number' || a === b;
