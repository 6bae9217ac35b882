import * as layers from '../layers/index.ts';
import type { Architecture } from './architecture.ts';

const { block, conv2d, dense, flatten, maxPool2d, relu } = layers;

export const mlp: Architecture = {
  summary: 'one hidden layer of 128',
  build: (x, { classes }) => block(flatten(), dense(128), relu(), dense(classes))(x),
};

export const lenet: Architecture = {
  summary: 'two convolutions of 16 and 32 filters with max pooling, and a hidden layer of 128',
  build: (x, { classes }) =>
    block(...poolingBlock(16), ...poolingBlock(32), flatten(), dense(128), relu(), dense(classes))(x),
};

export const cnn: Architecture = {
  summary: 'two strided convolutions of 32 and 64 filters, and a hidden layer of 256',
  build: (x, { classes }) =>
    block(...stridedBlock(32), ...stridedBlock(64), flatten(), dense(256), relu(), dense(classes))(x),
};

export const mobile: Architecture = {
  summary: 'depthwise-separable convolutions with batch normalization, as in MobileNet',
  build: (x, { classes }) =>
    block(
      conv2d(16, 3, { stride: 2, bias: false }),
      layers.batchNormalization(),
      layers.relu6(),
      ...separableBlock(32, 1),
      ...separableBlock(64, 2),
      ...separableBlock(64, 1),
      layers.globalAveragePool2d(),
      flatten(),
      dense(classes),
    )(x),
};

const poolingBlock = (filters: number): layers.Layer[] => [conv2d(filters, 3), relu(), maxPool2d(2)];

/** Strides instead of pooling (Springenberg et al. 2014, arXiv 1412.6806): a quarter of the arithmetic. */
const stridedBlock = (filters: number): layers.Layer[] => [conv2d(filters, 3, { stride: 2 }), relu()];

const separableBlock = (filters: number, stride: number): layers.Layer[] => [
  layers.depthwiseConv2d(3, { stride, bias: false }),
  layers.batchNormalization(),
  layers.relu6(),
  conv2d(filters, 1, { bias: false }),
  layers.batchNormalization(),
  layers.relu6(),
];
