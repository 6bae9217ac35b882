import { moves } from '../cost.ts';
import { tanhGeluSlope } from '../gelu-slope.ts';
import type { Op } from '../op.ts';
import { broadcastGradients } from '../sum-to.ts';
import { biased, inferBiased } from './biased.ts';
import { microsoft } from './domain.ts';

/** Gelu by tanh of X plus an optional bias. */
export const fastGelu: Op = {
  type: 'FastGelu',
  domain: microsoft,
  infer: inferBiased,
  cost: moves,
  parameters: [1],
  grad: (c) => {
    const slope = c.g.op('Mul', [c.dy, tanhGeluSlope(c.g, biased(c))]);
    return broadcastGradients(c, ...c.node.inputs.map(() => () => slope));
  },
};
