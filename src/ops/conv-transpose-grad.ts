import type { Value } from '../ir/index.ts';
import { standardWeightGradient } from './conv-grad.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';
import { unreachedOf, windowOf } from './static-window.ts';
import { reshape, sumOver } from './sum-to.ts';

/**
 * Gradients of ConvTranspose, which is the input gradient of a convolution with the same W: so x takes the place of that
 * convolution's output gradient, and dy that of its input. Throws ModelError for `auto_pad`,
 * `output_shape` and an output padding of a stride or more.
 */
export function convTransposeGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  if (node.string('auto_pad', 'NOTSET').startsWith('SAME') || node.ints('output_shape')?.length)
    throw node.error('has a gradient with explicit pads only: export it without auto_pad and output_shape');
  const [x, w] = [node.input(0), node.input(1)];
  const [small, large] = [staticShape(x).slice(2), staticShape(dy).slice(2)];
  const window = windowOf(node, { kernel: staticShape(w).slice(2), input: large });
  const unreached = unreachedOf(window, large, small);
  if (unreached.some((size, i) => size >= window.strides[i]!))
    throw node.error('has a gradient with an output_padding below its stride only');
  const conv = { ...window, group: node.int('group', 1), x: dy, w, dy: x, unreached };
  const { strides, pads, dilations, group, kernel } = conv;
  const attributes = { strides, pads, dilations, group, kernel_shape: kernel };
  return [
    needs(0) ? g.op('Conv', [dy, w], attributes) : undefined,
    needs(1) ? standardWeightGradient(g, conv) : undefined,
    needs(2)
      ? reshape(g, sumOver(g, dy, [0, ...small.map((_, i) => i + 2)]), [staticShape(dy)[1]!])
      : undefined,
  ];
}
