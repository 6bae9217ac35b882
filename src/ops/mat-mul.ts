import { bytesOf } from './cost.ts';
import { sharedDtype } from './inputs.ts';
import { matMulChannels } from './matrix-channels.ts';
import { matMulGrad } from './matrix-grad.ts';
import { productMacs, productShape } from './matrix-product.ts';
import type { Op } from './op.ts';

/** Matrix product as numpy's: leading dimensions broadcast, a vector is a row on the left and a column on the right. */
export const matMul: Op = {
  type: 'MatMul',
  infer(node) {
    return [{ dtype: sharedDtype(node, 'number'), shape: productShape(node) }];
  },
  cost: (node) => ({ macs: productMacs(node), bytes: bytesOf(node) }),
  parameters: [0, 1],
  quantize: {
    kind: 'weighted',
    weight: 1,
    axis: (node) => (node.input(1).shape?.length ?? 1) - 1,
    // onnxruntime's int8 kernel refuses a batch of matrices with more than one scale, and a vector has one channel.
    perChannel: (node) => node.input(1).shape?.length === 2,
  },
  grad: matMulGrad,
  channels: matMulChannels,
};
