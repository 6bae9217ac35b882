import { arithmetic } from './arithmetic.ts';
import { moves } from './cost.ts';
import { inferUnary } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

/** x sigmoid(alpha x); with alpha 1, the default, it is also called Silu (Ramachandran et al., 2017). */
export const swish: Op = {
  type: 'Swish',
  infer: inferUnary('float'),
  cost: moves,
  quantize: { kind: 'quantized' },
  grad: ({ node, g, dy }) => {
    const { add, mul, sub, sigmoid } = arithmetic(g);
    const scaled = mul(node.input(0), node.float('alpha', 1));
    const gate = sigmoid(scaled);
    return [mul(dy, mul(gate, add(1, mul(scaled, sub(1, gate)))))];
  },
  channels: sameChannels,
};
