import type * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { readTfjs } from '../../../../src/convert/index.ts';
import { layers } from '../../../../src/convert/tfjs/layers/index.ts';
import { savedLayers } from './saved-layers.ts';
import { sample, tensorflow, worstDifference } from './tensorflow.ts';

const { layers: keras, sequential, model, input } = await tensorflow();

type Layer = tf.layers.Layer;

/** Layers by their class, each tried behind an input of the given shape. */
const cases: readonly (readonly [string, readonly number[], () => Layer])[] = [
  [
    'Conv2D',
    [7, 6, 3],
    () => keras.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
  ],
  [
    'Conv2D',
    [7, 6, 3],
    () => keras.conv2d({ filters: 4, kernelSize: [2, 3], useBias: false, dilationRate: 2 }),
  ],
  [
    'DepthwiseConv2D',
    [7, 6, 3],
    () => keras.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  ],
  [
    'SeparableConv2D',
    [7, 6, 3],
    () => keras.separableConv2d({ filters: 5, kernelSize: 3, activation: 'tanh' }),
  ],
  [
    'Conv2DTranspose',
    [4, 5, 3],
    () => keras.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
  ],
  ['Conv2DTranspose', [4, 5, 3], () => keras.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 3 })],
  ['Dense', [6], () => keras.dense({ units: 4, activation: 'softmax' })],
  ['Dense', [5, 6], () => keras.dense({ units: 4, activation: 'sigmoid' })],
  ['Dense', [3, 5, 6], () => keras.dense({ units: 4, useBias: false, activation: 'hardSigmoid' })],
  ['BatchNormalization', [4, 5, 3], () => keras.batchNormalization({})],
  ['BatchNormalization', [6], () => keras.batchNormalization({ scale: false, center: false })],
  ['Activation', [4, 5, 3], () => keras.activation({ activation: 'selu' })],
  ['Activation', [4, 5, 3], () => keras.activation({ activation: 'swish' })],
  ['Activation', [4, 5, 3], () => keras.activation({ activation: 'softsign' })],
  ['Activation', [4, 5, 3], () => keras.activation({ activation: 'softplus' })],
  ['Activation', [4, 5, 3], () => keras.activation({ activation: 'relu6' })],
  ['ReLU', [4, 5, 3], () => keras.reLU({ maxValue: 0.5 })],
  ['LeakyReLU', [4, 5, 3], () => keras.leakyReLU({ alpha: 0.2 })],
  ['PReLU', [4, 5, 3], () => keras.prelu({ sharedAxes: [1, 2], alphaInitializer: 'randomNormal' })],
  ['ELU', [4, 5, 3], () => keras.elu({})],
  ['Softmax', [4, 5, 3], () => keras.softmax({ axis: 3 })],
  ['Flatten', [4, 5, 3], () => keras.flatten()],
  ['Reshape', [4, 6], () => keras.reshape({ targetShape: [3, -1, 2] })],
  ['Permute', [4, 5, 3], () => keras.permute({ dims: [3, 1, 2] })],
  [
    'ZeroPadding2D',
    [4, 5, 3],
    () =>
      keras.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
  ],
  ['UpSampling2D', [4, 5, 3], () => keras.upSampling2d({ size: [2, 3] })],
  ['UpSampling2D', [4, 5, 3], () => keras.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })],
  ['MaxPooling2D', [7, 6, 3], () => keras.maxPooling2d({ poolSize: 2 })],
  ['AveragePooling2D', [7, 6, 3], () => keras.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })],
  ['GlobalAveragePooling2D', [7, 6, 3], () => keras.globalAveragePooling2d({})],
  ['GlobalMaxPooling2D', [7, 6, 3], () => keras.globalMaxPooling2d({})],
  ['Dropout', [7], () => keras.dropout({ rate: 0.5 })],
  ['GaussianNoise', [7], () => keras.gaussianNoise({ stddev: 0.5 })],
  ['GaussianDropout', [7], () => keras.gaussianDropout({ rate: 0.5 })],
  ['AlphaDropout', [7], () => keras.alphaDropout({ rate: 0.5 })],
];

const merges = {
  Add: keras.add,
  Multiply: keras.multiply,
  Maximum: keras.maximum,
  Minimum: keras.minimum,
  Average: keras.average,
  Concatenate: keras.concatenate,
};

describe('each layer gives in onnxruntime what tfjs gives', () => {
  test.each(cases.map((one, i) => [`${i} ${one[0]}`, ...one] as const))(
    '%s',
    async (_, name, shape, make) => {
      const layer = make();
      expect(layer.getClassName()).toBe(name);
      const net = sequential({ layers: [keras.inputLayer({ inputShape: [...shape] }), layer] });
      const files = await savedLayers(net);
      const { worst } = await worstDifference(files, { [inputName(net)]: sample([2, ...shape]) });
      expect(worst).toBeLessThan(2e-6);
    },
  );

  test.each(Object.entries(merges))('%s of three inputs', async (_, merge) => {
    const ends = [0, 1, 2].map((i) => input({ shape: [4, 5, 3], name: `in${i}` }));
    const net = model({ inputs: ends, outputs: merge({}).apply(ends) as tf.SymbolicTensor });
    const feeds = Object.fromEntries(ends.map((_, i) => [`in${i}`, sample([2, 4, 5, 3], 'float32', i + 1)]));
    const { worst } = await worstDifference(await savedLayers(net), feeds);
    expect(worst).toBeLessThan(1e-6);
  });

  test('every layer of the table has a case, but for what tfjs has not', () => {
    const tested = new Set([...cases.map(([name]) => name), ...Object.keys(merges)]);
    expect([...layers.keys()].filter((name) => !tested.has(name))).toEqual([
      'Subtract',
      'SpatialDropout2D',
      'ActivityRegularization',
    ]);
  });
});

test('a layer called twice, a model in a model, two outputs, skip connections', async () => {
  const inner = sequential({
    name: 'inner',
    layers: [
      keras.conv2d({ inputShape: [6, 6, 4], filters: 4, kernelSize: 3, padding: 'same' }),
      keras.reLU(),
    ],
  });
  const x = input({ shape: [6, 6, 4], name: 'image' });
  const shared = keras.conv2d({ filters: 4, kernelSize: 1, name: 'shared' });
  const once = inner.apply(shared.apply(x)) as tf.SymbolicTensor;
  const twice = shared.apply(once) as tf.SymbolicTensor;
  const joined = keras.add().apply([once, twice]) as tf.SymbolicTensor;
  const head = keras.dense({ units: 3 }).apply(keras.flatten().apply(joined)) as tf.SymbolicTensor;
  const net = model({ inputs: x, outputs: [head, joined] });
  const { worst, model: onnx } = await worstDifference(await savedLayers(net), {
    image: sample([2, 6, 6, 4]),
  });
  expect(worst).toBeLessThan(2e-6);
  expect(onnx.graph.nodes.filter(({ opType }) => opType === 'Transpose')).toHaveLength(1);
});

test('padding becomes part of the convolution behind it, and weights keep their names', async () => {
  const net = sequential({
    layers: [
      keras.zeroPadding2d({
        inputShape: [7, 7, 3],
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      keras.conv2d({ filters: 4, kernelSize: 3, strides: 2, name: 'stem' }),
    ],
  });
  const { worst, model: onnx } = await worstDifference(await savedLayers(net), {
    [inputName(net)]: sample([1, 7, 7, 3]),
  });
  expect(worst).toBeLessThan(1e-6);
  expect(onnx.graph.nodes.map(({ opType }) => opType)).toEqual(['Conv']);
  expect([...onnx.graph.initializers.keys()]).toEqual(['stem/kernel', 'stem/bias']);
});

test('layers that cannot be converted are listed at once, with their counts', async () => {
  const net = sequential({
    layers: [
      keras.lstm({ inputShape: [4, 3], units: 2, returnSequences: true }),
      keras.lstm({ units: 2, returnSequences: true }),
      keras.gru({ units: 2 }),
      keras.dense({ units: 2 }),
    ],
  });
  const { json, weights } = await savedLayers(net);
  expect(() => readTfjs(json, weights)).toThrow(
    /2 operators that Edgebook cannot convert: LSTM \(2\), GRU \(1\)/,
  );
});

const inputName = (net: tf.LayersModel): string => net.inputs[0]!.name;
