import type { GraphBuilder, Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { activationsOf } from './recurrent-activations.ts';
import type { CellGradients, Direction } from './recurrent-grad.ts';
import { scanSteps } from './scan-steps.ts';

/** Derivative of an activation, from its output. */
const slopes: Readonly<Record<string, (b: GraphBuilder, y: Value) => Value>> = {
  tanh(b, y) {
    const { sub, square } = arithmetic(b);
    return sub(1, square(y));
  },
  relu: (b, y) => arithmetic(b).greater(y, 0),
  sigmoid(b, y) {
    const { sub, mul } = arithmetic(b);
    return mul(y, sub(1, y));
  },
};

/** Back through the steps of an Elman network: h = f(W x + R h). */
export function rnnGrad({
  node,
  g,
  before,
  after,
  dAfter,
  dLast,
  recurrence,
  reverse,
}: Direction): CellGradients {
  const names = new Set(activationsOf(node, ['Tanh']).map((name) => name.toLowerCase()));
  const [name = ''] = names;
  const slope = slopes[name];
  if (!slope || names.size > 1)
    throw node.error(
      `has a gradient with one activation of Tanh, Relu and Sigmoid only, has ${[...names].join(', ')}`,
    );
  const walk = scanSteps(g, {
    states: [dLast],
    slices: [dAfter, after],
    backwards: !reverse,
    body(b, [dh], [dy, y]) {
      const { add, mul } = arithmetic(b);
      const dSum = mul(add(dy!, dh!), slope(b, y!));
      return { states: [b.op('MatMul', [dSum, recurrence])], stacked: [dSum] };
    },
  });
  const [dInput] = walk.stacked;
  return { dInput: dInput!, rows: [{ d: dInput!, states: before }], dFirst: walk.states[0]! };
}
