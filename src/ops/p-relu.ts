import { arithmetic } from './arithmetic.ts';
import { requireBroadcastTo } from './broadcast.ts';
import { moves } from './cost.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import { sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

/** x where positive, else slope x; the slope (input 1) broadcasts to x. */
export const pRelu: Op = {
  type: 'PRelu',
  infer(node) {
    const { shape } = node.input(0);
    if (shape) requireBroadcastTo(node, node.input(1).shape, shape);
    return [{ dtype: sharedDtype(node, 'number'), shape }];
  },
  cost: moves,
  parameters: [1],
  grad: (c) => {
    const { node, g, dy } = c;
    const { mul, sub, add, greater } = arithmetic(g);
    const [x, slope] = [node.input(0), node.input(1)];
    const positive = greater(x, 0);
    const negative = sub(1, positive);
    return broadcastGradients(
      c,
      () => mul(dy, add(positive, mul(negative, slope))),
      () => mul(dy, mul(negative, x)),
    );
  },
  channels: broadcastChannels,
};
