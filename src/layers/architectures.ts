import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { type Layer, sequential } from './flow.ts';
import * as layers from './layers.ts';

const { conv2d, dense, flatten, maxPool2d, relu } = layers;

/** Small networks to start from, by name: layers for images [C,H,W] and a number of classes. */
export const architectures: Readonly<Record<string, { summary: string; layers(classes: number): Layer[] }>> =
  {
    mlp: {
      summary: 'one hidden layer of 128',
      layers: (classes) => [flatten(), dense(128), relu(), dense(classes)],
    },
    lenet: {
      summary: 'two convolutions of 16 and 32 filters with max pooling, and a hidden layer of 128',
      layers: (classes) => [
        ...poolingBlock(16),
        ...poolingBlock(32),
        flatten(),
        dense(128),
        relu(),
        dense(classes),
      ],
    },
    cnn: {
      summary: 'two strided convolutions of 32 and 64 filters, and a hidden layer of 256',
      layers: (classes) => [
        ...stridedBlock(32),
        ...stridedBlock(64),
        flatten(),
        dense(256),
        relu(),
        dense(classes),
      ],
    },
    mobile: {
      summary: 'depthwise-separable convolutions with batch normalization, as in MobileNet',
      layers: (classes) => [
        conv2d(16, 3, { stride: 2, bias: false }),
        layers.batchNormalization(),
        layers.relu6(),
        ...separableBlock(32, 1),
        ...separableBlock(64, 2),
        ...separableBlock(64, 1),
        layers.globalAveragePool2d(),
        flatten(),
        dense(classes),
      ],
    },
  };

const poolingBlock = (filters: number): Layer[] => [conv2d(filters, 3), relu(), maxPool2d(2)];

/** Strides instead of pooling (Springenberg et al. 2014, arXiv 1412.6806): a quarter of the arithmetic. */
const stridedBlock = (filters: number): Layer[] => [conv2d(filters, 3, { stride: 2 }), relu()];

const separableBlock = (filters: number, stride: number): Layer[] => [
  layers.depthwiseConv2d(3, { stride, bias: false }),
  layers.batchNormalization(),
  layers.relu6(),
  conv2d(filters, 1, { bias: false }),
  layers.batchNormalization(),
  layers.relu6(),
];

/** A fresh, untrained network. Throws UsageError for an unknown name. */
export function architecture(
  name: string,
  { sample, classes, seed = 0 }: { sample: readonly number[]; classes: number; seed?: number },
): Model {
  const found = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (!found) throw UsageError.unknown('architecture', name, Object.keys(architectures));
  return sequential(sample, found.layers(classes), { seed });
}
