import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { concatChannels } from './concat-channels.ts';
import { moves } from './cost.ts';
import { mergeDim, sumDims } from './dims.ts';
import { sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { staticShape } from './static-shape.ts';

export const concat: Op = {
  type: 'Concat',
  infer(node) {
    return [{ dtype: sharedDtype(node, 'any'), shape: joinedShape(node) }];
  },
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const axis = node.int('axis', 0);
    const sizes = node.inputs.map((_, i) => staticShape(node.input(i)).at(axis)!);
    return [...g.node('Split', [dy, g.int64s(sizes)], { axis }, sizes.length)];
  },
  channels: concatChannels,
};

function joinedShape(node: Node): Shape | undefined {
  const shapes = node.inputs.map((_, index) => node.input(index).shape);
  const known = shapes.filter((shape) => shape !== undefined);
  const [first] = known;
  if (!first) return undefined;
  const axis = normalizeAxis(node, node.int('axis', 1), first.length);
  if (known.some((shape) => shape.length !== first.length))
    throw node.error(`inputs must have equal ranks, are ${known.map(formatShape).join(', ')}`);
  const along = known.length < shapes.length ? null : sumDims(known.map((shape) => shape[axis]!));
  return first.map((_, i) => (i === axis ? along : commonDim(node, known, i)));
}

function commonDim(node: Node, shapes: readonly Shape[], i: number): Dim {
  let dim: Dim = null;
  for (const shape of shapes) {
    const merged = mergeDim(dim, shape[i]!);
    if (merged === undefined)
      throw node.error(
        `inputs must have equal sizes along axis ${i}, are ${shapes.map(formatShape).join(', ')}`,
      );
    dim = merged;
  }
  return dim;
}
