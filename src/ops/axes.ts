import type { Node } from '../ir/index.ts';

/** An axis from 0 to rank - 1; negative ones count from the end. Throws ModelError if it is out of range. */
export function normalizeAxis(node: Node, axis: number, rank: number): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw node.error(`axis must be from ${-rank} to ${rank - 1} for rank ${rank}, is ${axis}`);
}

/** Axes from 0 to rank - 1. Throws ModelError if one is out of range or given twice. */
export function normalizeAxes(node: Node, axes: readonly number[], rank: number): number[] {
  const list = axes.map((axis) => normalizeAxis(node, axis, rank));
  if (new Set(list).size === list.length) return list;
  throw node.error(`axes must differ from each other, are ${axes.join(', ')}`);
}
