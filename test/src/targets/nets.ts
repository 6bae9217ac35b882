import type { Model, Value } from '../../../src/ir/index.ts';
import { build } from '../quantize/build.ts';

/** Two residual blocks with Relu: a plain one, then one whose shortcut has a convolution too. Channels 16 and more. */
export const residualNet = (): Model =>
  build(({ b, weight }) => {
    const conv = (x: Value, name: string, [out, inC, k]: [number, number, number]) =>
      b.op('Conv', [x, weight(`${name}w`, [out, inC, k, k]), weight(`${name}b`, [out])], {
        pads: k === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0],
      });
    const x = b.input('x', 'float32', [1, 16, 8, 8]);
    const stem = b.op('Relu', [conv(x, 'stem', [16, 16, 3])]);
    const one = conv(b.op('Relu', [conv(stem, 'a1', [16, 16, 3])]), 'a2', [16, 16, 3]);
    const sum1 = b.op('Relu', [b.op('Add', [stem, one])]);
    const shortcut = conv(sum1, 's', [32, 16, 1]);
    const two = conv(b.op('Relu', [conv(sum1, 'b1', [16, 16, 3])]), 'b2', [32, 16, 3]);
    const sum2 = b.op('Relu', [b.op('Add', [shortcut, two])]);
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [sum2])]);
    b.output(b.op('Gemm', [flat, weight('fw', [10, 32]), weight('fb', [10])], { transB: 1 }), 'scores');
  });

/** A convolution with ReLU6, and one with a Clip to [0, 1.5]. */
export const relu6Net = (): Model =>
  build(({ b, weight }) => {
    const clip = (x: Value, max: number) => b.op('Clip', [x, b.scalar(0), b.scalar(max)]);
    const x = b.input('x', 'float32', [1, 16, 8, 8]);
    const c1 = clip(b.op('Conv', [x, weight('w1', [16, 16, 1, 1]), weight('b1', [16])]), 6);
    b.output(clip(b.op('Conv', [c1, weight('w2', [16, 16, 1, 1]), weight('b2', [16])]), 1.5), 'y');
  });

/** Pooling, Resize, Concat, Gemm and Softmax; sizes known, or a symbolic batch. */
export const mixedNet = (batch: number | string = 1): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', [batch, 16, 8, 8]);
    const c1 = b.op('Relu', [b.op('Conv', [x, weight('w1', [16, 16, 1, 1]), weight('b1', [16])])]);
    const small = b.op('AveragePool', [c1], { kernel_shape: [2, 2], strides: [2, 2] });
    const scales = b.constant('float32', [1, 1, 2, 2]);
    const large = b.op('Resize', [small, undefined, scales], { mode: 'nearest' });
    const both = b.op('Concat', [c1, large], { axis: 1 });
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [both])]);
    const logits = b.op('Gemm', [flat, weight('fw', [10, 32]), weight('fb', [10])], { transB: 1 });
    b.output(b.op('Softmax', [logits]), 'p');
  });
