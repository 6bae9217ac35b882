import { dtypeCode, type Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { inferPower } from './elementwise.ts';
import { broadcastChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';
import { broadcastGradients } from './sum-to.ts';

/** Input 0 to the power of input 1, which may be of another type. Its gradient needs a positive base. */
export const pow: Op = {
  type: 'Pow',
  infer: inferPower,
  cost: moves,
  grad: (c) => {
    const { node, g, dy } = c;
    const { mul, sub } = arithmetic(g);
    const [base, given] = [node.input(0), node.input(1)];
    const exponent = given.dtype === 'float32' ? given : g.op('Cast', [given], { to: dtypeCode('float32') });
    return broadcastGradients(
      c,
      () => mul(dy, isSquare(given) ? mul(base, 2) : mul(exponent, g.op('Pow', [base, sub(exponent, 1)]))),
      () => mul(dy, mul(node.output(), g.op('Log', [base]))),
    );
  },
  channels: broadcastChannels,
};

/** The one exponent that is common, in norms written out, and many times faster without Pow. */
const isSquare = (exponent: Value): boolean => {
  const tensor = constantOf(exponent);
  return tensor?.size === 1 && tensor.toNumbers()[0] === 2;
};
