import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operand, operandLength } from './operand.ts';

/** Input 1 (an attribute in operator set 1) is the new shape; 0 copies a size unless allowzero=1, -1 is what remains. */
export const reshape: Op = {
  type: 'Reshape',
  infer(node) {
    return [{ dtype: node.input(0).dtype, shape: newShape(node) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
};

function newShape(node: Node): Shape | undefined {
  const wanted = operand(node, 'shape', 1);
  if (wanted === 'dynamic') {
    const rank = operandLength(node, 1);
    return rank === undefined ? undefined : unknownDims(rank);
  }
  if (!wanted) throw node.error('must have a shape');
  const input = node.input(0).shape;
  const copied = wanted.map((size, i): Dim => (size === 0 ? zeroDim(node, input, i) : size));
  return remainder(node, input, copied);
}

function zeroDim(node: Node, input: Shape | undefined, i: number): Dim {
  if (node.int('allowzero', 0)) return 0;
  if (!input) return null;
  const dim = input[i];
  if (dim !== undefined) return dim;
  throw node.error(`shape copies axis ${i}, which the input ${formatShape(input)} must have`);
}

/** Replaces -1 by what is left of the input's elements. */
function remainder(node: Node, input: Shape | undefined, wanted: readonly Dim[]): Shape {
  const at = wanted.indexOf(-1);
  if (wanted.some((dim, i) => typeof dim === 'number' && (dim < -1 || (dim === -1 && i !== at))))
    throw node.error(`shape must have sizes and at most one -1, is ${formatShape(wanted)}`);
  if (!input) return wanted.map((dim) => (dim === -1 ? null : dim));
  const rest = divide(factors(input), factors(wanted.filter((_, i) => i !== at)));
  if (rest.impossible || (at < 0 && rest.dim !== 1 && rest.exact))
    throw node.error(`cannot reshape ${formatShape(input)} to ${formatShape(wanted)}`);
  return wanted.map((dim, i) => (i === at ? rest.dim : dim));
}
