import { beforeAll, describe, expect, test } from 'vitest';
import { type Kernels, standardKernels } from '../../../../src/autodiff/index.ts';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { probeKernels } from '../../../../src/kernels/index.ts';
import * as layers from '../../../../src/layers/index.ts';
import { relativeDifference, stepOf, uniform } from '../../../support/model-gradients.ts';

const { batchNormalization, conv2d, depthwiseConv2d, relu, relu6 } = layers;
type Layer = layers.Layer;

interface Twin {
  readonly name: string;
  readonly sample: readonly number[];
  readonly layers: readonly Layer[];
  readonly batch?: number;
  /** Default 1e-5 for values, five times that for gradients; more where a variance is small beside the mean. */
  readonly tolerance?: number;
  /** Operators that stay standard. */
  readonly standard?: readonly string[];
}

const dense = (filters: number, kernel: number, options: layers.ConvOptions = {}): Layer =>
  layers.block(conv2d(filters, kernel, { bias: false, ...options }), batchNormalization(), relu());

const twins: Twin[] = [
  { name: '3x3 of three channels', sample: [3, 8, 9], layers: [dense(16, 3), dense(32, 3)] },
  { name: '3x3, batch of no whole block', sample: [3, 8, 9], layers: [dense(16, 3), dense(32, 3)], batch: 5 },
  {
    name: '3x3 stride 2, even input',
    sample: [3, 12, 8],
    layers: [dense(16, 3), dense(32, 3, { stride: 2 })],
  },
  {
    name: '3x3 stride 2, odd input',
    sample: [3, 11, 9],
    layers: [dense(16, 3), dense(16, 3, { stride: 2 })],
  },
  { name: '4x4 stride 2', sample: [4, 8, 8], layers: [dense(8, 3), dense(12, 4, { stride: 2, padding: 1 })] },
  {
    name: '5x5 stride 3 without border',
    sample: [4, 12, 12],
    layers: [dense(8, 1), dense(20, 5, { stride: 3, padding: 'valid' })],
  },
  { name: '3x3 dilation 2', sample: [8, 9, 9], layers: [dense(20, 3), dense(24, 3, { dilation: 2 })] },
  {
    name: '2x2 border wider than the kernel',
    sample: [4, 5, 5],
    layers: [dense(8, 1), dense(8, 2, { padding: 2 })],
  },
  { name: '1x1', sample: [20, 5, 6], layers: [dense(24, 1), dense(8, 1), dense(48, 1)] },
  { name: '1x1 with few positions', sample: [32, 2, 2], layers: [dense(64, 1), dense(80, 1)] },
  { name: '1x1 stride 2', sample: [16, 6, 8], layers: [dense(16, 1), dense(32, 1, { stride: 2 })] },
  {
    name: 'gradient of a plain input of three computed channels',
    sample: [3, 6, 6],
    layers: [conv2d(3, 3), dense(16, 3)],
    standard: ['Conv'],
  },
  {
    name: 'depthwise',
    tolerance: 1e-4,
    sample: [4, 7, 6],
    layers: [dense(20, 1), depthwiseConv2d(3, { bias: false }), batchNormalization(), relu6()],
  },
  {
    name: 'depthwise stride 2, even input',
    tolerance: 1e-4,
    sample: [4, 8, 6],
    layers: [dense(32, 1), depthwiseConv2d(3, { stride: 2, bias: false }), batchNormalization(), relu6()],
  },
  {
    name: 'depthwise stride 2, odd input',
    tolerance: 1e-4,
    sample: [4, 9, 7],
    layers: [dense(16, 1), depthwiseConv2d(3, { stride: 2, bias: false }), batchNormalization()],
  },
  {
    name: 'depthwise 5x5 dilation 2',
    sample: [16, 9, 9],
    layers: [depthwiseConv2d(5, { dilation: 2 }), batchNormalization()],
  },
  { name: 'depthwise of a batch of one', sample: [16, 5, 5], layers: [depthwiseConv2d(3), relu()], batch: 1 },
  { name: 'bias and relu', sample: [3, 6, 6], layers: [conv2d(16, 3), relu(), conv2d(8, 3)] },
  { name: 'bias and relu6', sample: [3, 6, 6], layers: [conv2d(16, 3), relu6(), conv2d(8, 1)] },
  {
    name: 'bias before a normalization',
    sample: [3, 6, 6],
    layers: [conv2d(12, 3), batchNormalization(), layers.tanh()],
  },
  {
    name: 'residuals',
    sample: [3, 6, 6],
    layers: [
      dense(16, 3),
      layers.residual([dense(16, 3), conv2d(16, 3), batchNormalization()]),
      relu(),
      layers.residual([layers.hardSwish()]),
    ],
  },
  {
    name: 'a convolution that two readers share',
    sample: [3, 6, 6],
    layers: [conv2d(16, 3), layers.residual([batchNormalization(), relu()]), layers.leakyRelu()],
  },
  {
    name: 'global average and classifier',
    sample: [3, 6, 6],
    layers: [dense(20, 3), layers.globalAveragePool2d(), layers.flatten(), layers.dense(5)],
    standard: ['Flatten', 'Gemm'],
  },
  {
    name: 'max pooling of tiles',
    sample: [3, 8, 12],
    layers: [dense(20, 3), layers.maxPool2d(2), dense(8, 3), layers.leakyRelu(), layers.maxPool2d(2)],
  },
  {
    name: 'max pooling of windows that overlap',
    sample: [3, 8, 8],
    layers: [dense(16, 3), layers.maxPool2d(3, { stride: 2, padding: 1 }), dense(8, 3)],
    standard: ['MaxPool'],
  },
  {
    name: 'max pooling of odd size',
    sample: [3, 7, 8],
    layers: [dense(16, 3), layers.maxPool2d(2), dense(8, 3)],
    standard: ['MaxPool'],
  },
  {
    name: 'filters of no multiple of four',
    sample: [4, 6, 6],
    layers: [dense(8, 3), conv2d(6, 3), layers.tanh()],
    standard: ['Conv', 'Tanh'],
  },
  {
    name: 'groups',
    sample: [8, 6, 6],
    layers: [dense(16, 1), conv2d(16, 3, { groups: 4 }), layers.sigmoid()],
    standard: ['Conv', 'Sigmoid'],
  },
];

/** With normalizations as in the midst of training: a fresh one of bias 0 hides gradients, as nothing feels its scale. */
function unsettled(model: Model): Model {
  for (const [name, value] of model.graph.initializers) {
    const { shape } = value.tensor!;
    if (!name.startsWith('norm')) continue;
    const data = uniform(shape, name.length).data as Float32Array;
    value.tensor = Tensor.of('float32', name.endsWith('running_var') ? data.map((v) => v + 2) : data, shape);
  }
  return model;
}

describe('each form in blocked layout gives what its twin in standard operators gives', () => {
  let kernels: Kernels;
  beforeAll(async () => {
    ({ kernels } = await probeKernels());
  });

  test.each(twins)('$name', async ({ sample, layers: list, batch = 16, standard = [], tolerance = 1e-5 }) => {
    if (!kernels.block) return expect((await probeKernels()).missing).not.toEqual([]);
    const model = unsettled(layers.sequential(sample, list, { seed: 4 }));
    const fast = await stepOf(model, batch, kernels);
    const twin = await stepOf(model, batch, standardKernels);
    const ops = model.graph.nodes.map((node) => node.opType);
    for (const op of standard) ops.splice(ops.lastIndexOf(op), 1);
    expect(fast.blocked.toSorted()).toEqual(ops.toSorted());
    expect(twin.blocked).toEqual([]);
    expect(relativeDifference(fast.y, twin.y)).toBeLessThan(tolerance);
    expect([...fast.gradients.keys()]).toEqual([...twin.gradients.keys()]);
    for (const [name, gradient] of twin.gradients) {
      // What goes into a normalization has no gradient for a constant: only rounding is left of it.
      const found = fast.gradients.get(name)!;
      if (Math.max(...gradient.map(Math.abs)) < 1e-4)
        expect(Math.max(...found.map(Math.abs)), name).toBeLessThan(1e-4);
      else expect(relativeDifference(found, gradient), `gradient of ${name}`).toBeLessThan(5 * tolerance);
    }
    expect([...fast.updates.keys()].toSorted()).toEqual([...twin.updates.keys()].toSorted());
    for (const [name, value] of twin.updates) {
      expect(relativeDifference(fast.updates.get(name)!, value), name).toBeLessThan(tolerance);
    }
  });
});
