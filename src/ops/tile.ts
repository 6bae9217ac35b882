import { type Dim, formatShape, type Value } from '../ir/index.ts';
import { moves } from './cost.ts';
import { productDims, unknownDims } from './dims.ts';
import { tileChannels } from './expand-channels.ts';
import type { GradContext, Op } from './op.ts';
import { operandInput } from './operand.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Repeats input 0 along each axis as often as input 1 says. */
export const tile: Op = {
  type: 'Tile',
  infer(node) {
    const { dtype, shape } = node.input(0);
    const repeats = operandInput(node, 1);
    if (!shape) return [{ dtype, shape }];
    if (!repeats || repeats === 'dynamic') return [{ dtype, shape: unknownDims(shape.length) }];
    if (repeats.length !== shape.length)
      throw node.error(`repeats must have ${shape.length} entries, are ${formatShape(repeats)}`);
    return [{ dtype, shape: shape.map((dim, i): Dim => productDims([dim, repeats[i]!])) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: (c) => [copiesSummed(c)],
  channels: tileChannels,
};

/** dy summed over the copies: each axis is split into copies and elements. */
function copiesSummed({ node, g, dy }: GradContext): Value {
  const shape = staticShape(node.input(0));
  const copies = staticShape(node.output()).map((size, i) => size / shape[i]!);
  const split = reshape(
    g,
    dy,
    shape.flatMap((size, i) => [copies[i]!, size]),
  );
  const axes = g.int64s(shape.map((_, i) => 2 * i));
  return g.op('ReduceSum', [split, axes], { keepdims: 0 });
}
