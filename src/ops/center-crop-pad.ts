import { normalizeAxes } from './axes.ts';
import { moves } from './cost.ts';
import { unknownDims } from './dims.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';
import { staticShape } from './static-shape.ts';

/** Crops or pads to the sizes in input 1, the same amount at either side. */
export const centerCropPad: Op = {
  type: 'CenterCropPad',
  infer(node) {
    const { dtype, shape } = node.input(0);
    if (!shape) return [{ dtype, shape }];
    const axes = normalizeAxes(node, node.ints('axes') ?? [...shape.keys()], shape.length);
    const given = operandInput(node, 1);
    const sizes = given && given !== 'dynamic' ? given : unknownDims(axes.length);
    if (sizes.length !== axes.length)
      throw node.error(`must have ${axes.length} sizes, one an axis, has ${sizes.length}`);
    return [{ dtype, shape: shape.map((dim, i) => (axes.includes(i) ? sizes[axes.indexOf(i)]! : dim)) }];
  },
  cost: moves,
  quantize: { kind: 'same-scale' },
  grad: ({ node, g, dy }) => {
    const shape = staticShape(node.input(0));
    return [g.op('CenterCropPad', [dy, g.int64s(shape)])];
  },
};
