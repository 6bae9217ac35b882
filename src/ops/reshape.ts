import { type Dim, formatShape, type Node, product, type Shape } from '../ir/index.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandLength } from './operand.ts';
import { reshapeChannels } from './reshape-channels.ts';
import { staticShape } from './static-shape.ts';
import { reshape as reshapeTo } from './sum-to.ts';

/** Input 1 (an attribute in operator set 1) is the new shape; 0 copies a size unless allowzero=1, -1 is what remains. */
export const reshape: Op = {
  type: 'Reshape',
  infer(node) {
    return [{ dtype: node.input(0).dtype, shape: newShape(node) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => [reshapeTo(g, dy, staticShape(node.input(0)))],
  channels: reshapeChannels,
};

function newShape(node: Node): Shape | undefined {
  const wanted = operand(node, 'shape', 1);
  if (wanted === 'dynamic') {
    const rank = operandLength(node, 1);
    return rank === undefined ? undefined : unknownDims(rank);
  }
  if (!wanted) throw node.error('must have a shape');
  const input = node.input(0).shape;
  checkSizes(node, wanted);
  const copies = node.int('allowzero', 0) ? [] : wanted.flatMap((size, i) => (size === 0 ? [i] : []));
  const kept = wanted.map((size, i): Dim => (copies.includes(i) ? copiedDim(node, input, i) : size));
  const rest = input && remainder(node, input, { wanted, copies });
  return kept.map((dim) => (dim === -1 ? (rest ?? null) : dim));
}

function checkSizes(node: Node, wanted: readonly number[]): void {
  const negative = wanted.filter((size) => size < 0);
  if (negative.length > 1 || negative.some((size) => size !== -1))
    throw node.error(`shape must have sizes and at most one -1, is ${formatShape(wanted)}`);
}

function copiedDim(node: Node, input: Shape | undefined, i: number): Dim {
  if (!input) return null;
  const dim = input[i];
  if (dim !== undefined) return dim;
  throw node.error(`shape copies axis ${i}, which the input ${formatShape(input)} must have`);
}

/** The size that -1 stands for: what is left of the input's elements once copied axes and given sizes are taken out. */
function remainder(
  node: Node,
  input: Shape,
  { wanted, copies }: { wanted: readonly number[]; copies: readonly number[] },
): Dim {
  const left = input.filter((_, i) => !copies.includes(i));
  const unknown = left.filter((dim) => typeof dim !== 'number');
  const have = product(left.filter((dim) => typeof dim === 'number'));
  const given = product(wanted.filter((size, i) => size !== -1 && !copies.includes(i)));
  const empty = copies.some((i) => input[i] === 0);
  const fits = wanted.includes(-1) ? given !== 0 && have % given === 0 : have === given;
  if (unknown.length === 0 && !fits && !empty)
    throw node.error(
      `input ${formatShape(input)} must have as many elements as shape ${formatShape(wanted)}`,
    );
  if (unknown.length === 0) return given === 0 ? null : have / given;
  return unknown.length === 1 && have === given ? unknown[0]! : null;
}
