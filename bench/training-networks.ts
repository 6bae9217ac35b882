/** The networks of the training benchmark, as `training.py` has them for PyTorch. */

import type { Model } from '../src/ir/index.ts';
import * as layers from '../src/layers/index.ts';
import { architecture } from '../src/zoo/index.ts';

const { batchNormalization, block, conv2d, dense, flatten, globalAveragePool2d, relu, relu6 } = layers;
type Layer = layers.Layer;

export interface Network {
  readonly sample: readonly number[];
  readonly batchSize: number;
  build(): Model;
}

const normalized = (layer: Layer, ...activation: Layer[]): Layer =>
  block(layer, batchNormalization(), ...activation);

const conv = (filters: number, kernel = 3, stride = 1): Layer =>
  conv2d(filters, kernel, { stride, bias: false });

const classifier = (): Layer => block(globalAveragePool2d(), flatten(), dense(10));

function resnetStack(filters: number, stride: number): Layer {
  return (x) => {
    const main = block(normalized(conv(filters, 3, stride), relu()), normalized(conv(filters)))(x);
    const shortcut = stride > 1 ? normalized(conv(filters, 1, stride))(x) : x;
    return relu()(layers.add(main, shortcut));
  };
}

/** Expansion, channels, blocks, stride; width 0.35. */
const mobileRows = [
  [1, 8, 1, 1],
  [6, 8, 2, 2],
  [6, 16, 3, 2],
  [6, 24, 4, 2],
  [6, 32, 3, 1],
  [6, 56, 3, 2],
  [6, 112, 1, 1],
] as const;

function invertedResidual(
  inputs: number,
  filters: number,
  form: { expansion: number; stride: number },
): Layer {
  const { expansion, stride } = form;
  const expand = expansion > 1 ? [normalized(conv(inputs * expansion, 1), relu6())] : [];
  const depthwise = layers.depthwiseConv2d(3, { stride, bias: false });
  const path = [...expand, normalized(depthwise, relu6()), normalized(conv(filters, 1))];
  return stride === 1 && inputs === filters ? layers.residual(path) : block(...path);
}

function mobileBlocks(): Layer[] {
  let inputs = 16;
  return mobileRows.flatMap(([expansion, filters, blocks, stride]) =>
    Array.from({ length: blocks }, (_, i) => {
      const made = invertedResidual(inputs, filters, { expansion, stride: i === 0 ? stride : 1 });
      inputs = filters;
      return made;
    }),
  );
}

export const networks: Readonly<Record<string, Network>> = {
  lenet: {
    sample: [1, 28, 28],
    batchSize: 64,
    build: () => architecture('lenet', { sample: [1, 28, 28], classes: 10 }),
  },
  resnet8: {
    sample: [3, 32, 32],
    batchSize: 32,
    build: () =>
      layers.sequential(
        [3, 32, 32],
        [
          normalized(conv(16), relu()),
          resnetStack(16, 1),
          resnetStack(32, 2),
          resnetStack(64, 2),
          classifier(),
        ],
      ),
  },
  mobilenetv2: {
    sample: [3, 96, 96],
    batchSize: 32,
    build: () =>
      layers.sequential(
        [3, 96, 96],
        [
          normalized(conv(16, 3, 2), relu6()),
          ...mobileBlocks(),
          normalized(conv(1280, 1), relu6()),
          classifier(),
        ],
      ),
  },
};
