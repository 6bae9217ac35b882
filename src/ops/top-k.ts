import type { Dim, Node } from '../ir/index.ts';
import { normalizeAxis } from './axes.ts';
import { moves } from './cost.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { operand } from './operand.ts';
import { zeros } from './scatter-grad.ts';
import { staticShape } from './static-shape.ts';

/** The K (input 1, or an attribute in operator set 1) largest or smallest elements along `axis`, and their indices. */
export const topK: Op = {
  type: 'TopK',
  infer(node) {
    requireDtype(node, 0, 'number');
    const { dtype, shape } = node.input(0);
    const axis = shape && normalizeAxis(node, node.int('axis', -1), shape.length);
    const top = axis === undefined ? undefined : shape?.with(axis, count(node, shape[axis]!));
    return [
      { dtype, shape: top },
      { dtype: 'int64', shape: top },
    ];
  },
  cost: moves,
  grad: (c) => {
    const { node, g, dy } = c;
    const inputs = [zeros(c, staticShape(node.input(0))), node.output(1), dy];
    return [g.op('ScatterElements', inputs, { axis: node.int('axis', -1) })];
  },
};

function count(node: Node, size: Dim): Dim {
  const given = node.attributes.has('k') ? [node.int('k', 0)] : operand(node, 'k', 1);
  if (!given) throw node.error('must have k');
  if (given === 'dynamic') return null;
  const [k = 0] = given;
  if (k < 0 || (typeof size === 'number' && k > size))
    throw node.error(`k must be from 0 to the size of the axis, ${size ?? '?'}, is ${k}`);
  return k;
}
