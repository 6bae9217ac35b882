import type { Value } from '../ir/index.ts';
import { moves } from './cost.ts';
import { inferBroadcast } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

export const div: Op = {
  type: 'Div',
  infer: inferBroadcast('number'),
  cost: moves,
  grad: (c) => {
    const [y, divisor] = [c.node.output(), c.node.input(1)];
    const quotient = (value: Value): Value => c.g.op('Div', [value, divisor]);
    return broadcastGradients(
      c,
      () => quotient(c.dy),
      () => c.g.op('Neg', [quotient(c.g.op('Mul', [c.dy, y]))]),
    );
  },
  channels: broadcastChannels,
};
