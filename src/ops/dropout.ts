import type { Node } from '../ir/index.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { sameChannels } from './elementwise-channels.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';

/** The identity at inference; the optional second output is the mask of kept elements. Input 1 is the ratio, 2 training_mode. */
export const dropout: Op = {
  type: 'Dropout',
  infer(node) {
    requireDtype(node, 0, 'float');
    const { dtype, shape } = node.input(0);
    return [
      { dtype, shape },
      { dtype: 'bool', shape },
    ];
  },
  cost: moves,
  parameters: [],
  quantize: { kind: 'same-scale' },
  grad: ({ node, dy }) => {
    if (dropsElements(node))
      throw node.error(
        'has a gradient as it is at inference only: leave training_mode out or set it to false',
      );
    return [dy];
  },
  channels: sameChannels,
};

/** Whether it drops at random instead of passing all on, as far as constants tell. */
function dropsElements(node: Node): boolean {
  const mode = node.inputs[2];
  return mode !== undefined && constantOf(mode)?.toNumbers()[0] !== 0;
}
