import { arithmetic } from '../arithmetic.ts';
import { moves } from '../cost.ts';
import { inferUnary } from '../elementwise.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** x sigmoid(alpha x); with alpha 1 it is Silu, also called Swish. */
export const quickGelu: Op = {
  type: 'QuickGelu',
  domain: microsoft,
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => {
    const { add, mul, sub, sigmoid } = arithmetic(g);
    const scaled = mul(node.input(0), node.float('alpha', 1.702));
    const gate = sigmoid(scaled);
    return [mul(dy, mul(gate, add(1, mul(scaled, sub(1, gate)))))];
  },
};
