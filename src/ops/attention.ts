import type { Dim, Node, Shape, TensorType } from '../ir/index.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { sumDims } from './dims.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';

/**
 * Inputs Q, K, V as [batch, heads, length, head size] or [batch, length, heads * head size], mask, past keys and values;
 * outputs Y, keys and values with the past ones in front, and the products of queries and keys.
 */
export const attention: Op = {
  type: 'Attention',
  infer(node) {
    for (const index of [0, 1, 2]) {
      requireDtype(node, index, 'float');
      requireRank(node, index, 3, 4);
    }
    const { dtype } = node.input(0);
    const [q, k, v] = [0, 1, 2].map((index) => headsOf(node, index)) as [Heads, Heads, Heads];
    const [batch, heads, length] = q;
    const keys = (part: Heads, past: number): Shape => [
      part[0],
      part[1],
      lengthWith(node, part[2], past),
      part[3],
    ];
    const y: Shape | undefined = node.input(0).shape && joined(node, [batch, heads, length, v[3]]);
    return [
      { dtype, shape: y },
      { dtype: node.input(1).dtype, shape: keys(k, 4) },
      { dtype: node.input(2).dtype, shape: keys(v, 5) },
      { dtype, shape: [batch, heads, length, lengthWith(node, k[2], 4)] },
    ] satisfies TensorType[];
  },
  cost(node) {
    for (const index of [0, 1, 2]) costShape(node, node.input(index));
    const [batch, heads, length, size] = headsOf(node, 0);
    const keys = lengthWith(node, headsOf(node, 1)[2], 4);
    const values = headsOf(node, 2)[3];
    // Queries times keys, then their softmax times values.
    const macs = countOf([batch, heads, length, keys]) * (countOf([size]) + countOf([values]));
    return { macs, bytes: bytesOf(node) };
  },
  parameters: [],
};

type Heads = readonly [batch: Dim, heads: Dim, length: Dim, size: Dim];

/** Input `index` as [batch, heads, length, head size]. Throws ModelError if its features do not divide into the heads. */
function headsOf(node: Node, index: number): Heads {
  const { shape } = node.input(index);
  if (!shape) return [null, null, null, null];
  if (shape.length === 4) return shape as readonly Dim[] as Heads;
  const name = index === 0 ? 'q_num_heads' : 'kv_num_heads';
  const heads = node.int(name, 0);
  const width = shape[2]!;
  if (heads < 1 || (typeof width === 'number' && width % heads !== 0))
    throw node.error(`${name} must divide the ${width ?? '?'} features of input ${index}, is ${heads}`);
  return [shape[0]!, heads, shape[1]!, typeof width === 'number' ? width / heads : null];
}

/** The output in the form of Q. */
function joined(node: Node, [batch, heads, length, size]: Heads): Shape {
  if (node.input(0).shape?.length === 4) return [batch, heads, length, size];
  const width = typeof heads === 'number' && typeof size === 'number' ? heads * size : null;
  return [batch, length, width];
}

/** A length with that of the past in input `past` in front, if there is one. */
function lengthWith(node: Node, length: Dim, past: number): Dim {
  const value = node.inputs[past];
  if (!value) return length;
  return sumDims([value.shape?.[2] ?? null, length]);
}
