import { moves } from './cost.ts';
import { mixingChannels } from './mixing-channels.ts';
import type { Op } from './op.ts';
import { inferAlongAxis } from './softmax-axis.ts';

export const softmax: Op = {
  type: 'Softmax',
  infer: inferAlongAxis,
  cost: moves,
  // Scale 1/256 with 8 bits. By what is observed it can be so small that onnxruntime's QLinearSoftmax writes zeros.
  quantize: { kind: 'quantized', output: { min: 0, max: 255 / 256 } },
  grad: ({ node, g, dy }) => {
    const y = node.output();
    const axes = g.int64s([node.int('axis', -1)]);
    const sum = g.op('ReduceSum', [g.op('Mul', [dy, y]), axes], { keepdims: 1 });
    return [g.op('Mul', [y, g.op('Sub', [dy, sum])])];
  },
  channels: mixingChannels(),
};
