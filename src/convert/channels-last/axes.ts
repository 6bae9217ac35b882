import type { Layout } from './operand.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Permutation from channels last to channels first: [0, 3, 1, 2] for rank 4. Nothing moves below rank 3. */
export const toFirst = (rank: number): number[] =>
  rank < 3 ? range(0, rank) : [0, rank - 1, ...range(1, rank - 1)];

/** The permutation back: [0, 2, 3, 1] for rank 4. */
export const toLast = (rank: number): number[] => (rank < 3 ? range(0, rank) : [0, ...range(2, rank), 1]);

/** Where an axis of the source is in a layout. */
export const axisIn = (axis: number, rank: number, layout: Layout): number =>
  layout === 'last' ? axis : toFirst(rank).indexOf(axis);

/** A list with one entry for each axis of the source, in the order of a layout. */
export const inOrder = <T>(list: readonly T[], layout: Layout): T[] =>
  layout === 'last' ? [...list] : toFirst(list.length).map((axis) => list[axis]!);
