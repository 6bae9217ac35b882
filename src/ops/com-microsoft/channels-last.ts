import type { Node, Shape } from '../../ir/index.ts';

const isLast = (node: Node): boolean => node.int('channels_last', 0) === 1;

/** A shape as [N, C, ...], whichever way the node has it. */
export const channelsFirst = (node: Node, shape: Shape): Shape =>
  isLast(node) ? [shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)] : shape;

/** A shape [N, C, ...] the way the node has it. */
export const channelsLast = (node: Node, shape: Shape): Shape =>
  isLast(node) ? [shape[0]!, ...shape.slice(2), shape[1]!] : shape;
