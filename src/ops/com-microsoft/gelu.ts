import { moves } from '../cost.ts';
import { inferUnary } from '../elementwise.ts';
import { geluSlope } from '../gelu-slope.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** Gelu as it was called before ONNX had it. */
export const gelu: Op = {
  type: 'Gelu',
  domain: microsoft,
  infer: inferUnary('float'),
  cost: moves,
  grad: ({ node, g, dy }) => [g.op('Mul', [dy, geluSlope(g, node.input(0))])],
};
