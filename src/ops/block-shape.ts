import type { Dim, Node } from '../ir/index.ts';
import { requireRank } from './inputs.ts';

/** [N, C, H, W] of input 0, and the attribute blocksize. Throws ModelError if either is missing. */
export function blocksOf(node: Node): { dims: readonly [Dim, Dim, Dim, Dim] | undefined; block: number } {
  requireRank(node, 0, 4);
  const block = node.int('blocksize', 0);
  if (block < 1) throw node.error(`blocksize must be at least 1, is ${block}`);
  return { dims: node.input(0).shape as [Dim, Dim, Dim, Dim] | undefined, block };
}

/** `dim` over `divisor`; null if unknown. Throws ModelError if it leaves a rest. */
export function dividedDim(node: Node, dim: Dim, divisor: number): Dim {
  if (divisor === 1) return dim;
  if (typeof dim !== 'number') return null;
  if (dim % divisor === 0) return dim / divisor;
  throw node.error(`size must be a multiple of ${divisor}, is ${dim}`);
}
