import { moves } from '../cost.ts';
import { geluSlope } from '../gelu-slope.ts';
import type { Op } from '../op.ts';
import { broadcastGradients } from '../sum-to.ts';
import { biased, inferBiased } from './biased.ts';
import { microsoft } from './domain.ts';

/** Gelu of X plus a bias. */
export const biasGelu: Op = {
  type: 'BiasGelu',
  domain: microsoft,
  infer: inferBiased,
  cost: moves,
  parameters: [1],
  grad: (c) => {
    const slope = c.g.op('Mul', [c.dy, geluSlope(c.g, biased(c))]);
    return broadcastGradients(c, ...c.node.inputs.map(() => () => slope));
  },
};
