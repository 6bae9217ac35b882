import type { Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import type { GradContext } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

/** Gradients of Min and Max: dy goes to the input that the output was taken from, in equal parts where several tie. */
export function extremeGrad(context: GradContext): (Value | undefined)[] {
  const { node, g, dy } = context;
  const { equal, mul, div } = arithmetic(g);
  const taken = node.inputs.map((_, i) => equal(node.input(i), node.output()));
  const share = taken.length === 1 ? dy : div(dy, g.op('Sum', taken));
  return broadcastGradients(context, ...taken.map((mask) => () => mul(share, mask)));
}
