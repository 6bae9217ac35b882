import { type Node, product, type Value } from '../ir/index.ts';
import { interpolationMatrix, interpolationOf, type ResizedAxis } from './interpolation.ts';
import type { GradContext } from './op.ts';
import { resizingOf } from './resize-shape.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Gradient of an interpolation, which is one matrix an axis: the product with each of them transposed. */
export function resizeGrad({ node, g, dy }: GradContext): (Value | undefined)[] {
  const [input, output] = [staticShape(node.input(0)), staticShape(dy)];
  const interpolation = interpolationOf(node);
  let gradient = dy;
  for (const [axis, from] of input.entries()) {
    const to = output[axis]!;
    const scale = scaleOf(node, axis) ?? to / from;
    if (from === to && scale === 1) continue;
    const matrix = interpolationMatrix({ from, to, scale } satisfies ResizedAxis, interpolation);
    const done = [...input.slice(0, axis), from, ...output.slice(axis + 1)];
    const [before, after] = [product(input.slice(0, axis)), product(output.slice(axis + 1))];
    const columns = reshape(g, gradient, [before, to, after]);
    gradient = reshape(g, g.op('MatMul', [g.constant('float32', matrix, [from, to]), columns]), done);
  }
  return [gradient];
}

/** The factor that the node gives for an axis; undefined where it gives the size. */
function scaleOf(node: Node, axis: number): number | undefined {
  const { axes, scales } = resizingOf(node, staticShape(node.input(0)).length);
  if (scales === 'dynamic') throw node.error('must have constant scales for its gradient');
  return scales?.[axes.indexOf(axis)];
}
