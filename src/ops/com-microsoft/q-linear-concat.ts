import { type Dim, formatShape, type Node, type Shape } from '../../ir/index.ts';
import { normalizeAxis } from '../axes.ts';
import { moves } from '../cost.ts';
import { mergeDim, sumDims } from '../dims.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Concat of quantized tensors. Inputs the output's scale and zero point, then each tensor with its own. */
export const qLinearConcat: Op = {
  type: 'QLinearConcat',
  domain: microsoft,
  infer: (node) => [{ dtype: node.input(1).dtype, shape: joinedShape(node) }],
  cost: moves,
};

function joinedShape(node: Node): Shape | undefined {
  const shapes = node.inputs.flatMap((value, i) => (i >= 2 && i % 3 === 2 ? [value?.shape] : []));
  const [first] = shapes;
  if (!first || shapes.includes(undefined)) return undefined;
  const known = shapes as Shape[];
  const axis = normalizeAxis(node, node.int('axis', 0), first.length);
  return first.map((_, i) => {
    const dims = known.map((shape) => shape[i] ?? null);
    if (i === axis) return sumDims(dims);
    const dim = dims.reduce<Dim | undefined>((a, b) => (a === undefined ? a : mergeDim(a, b)), null);
    if (dim !== undefined) return dim;
    throw node.error(
      `inputs must have equal sizes along axis ${i}, are ${known.map(formatShape).join(', ')}`,
    );
  });
}
