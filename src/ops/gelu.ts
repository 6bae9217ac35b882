import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import { geluSlope, tanhGeluSlope } from './gelu-slope.ts';
import type { Op } from './op.ts';

/** x times the normal distribution's probability of less than x (Hendrycks and Gimpel, 2016), exact or by tanh. */
export const gelu: Op = {
  type: 'Gelu',
  infer(node) {
    const mode = node.string('approximate', 'none');
    if (mode !== 'none' && mode !== 'tanh') throw node.error(`approximate must be none or tanh, is ${mode}`);
    return inferUnary('float')(node);
  },
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const slope = node.string('approximate', 'none') === 'tanh' ? tanhGeluSlope : geluSlope;
    return [g.op('Mul', [dy, slope(g, node.input(0))])];
  },
  channels: sameChannels,
};
