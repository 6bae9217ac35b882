import * as tf from '@tensorflow/tfjs';
import { savedLayers } from './saved-layers.ts';
import type { Files } from './tensorflow.ts';

/** A small layers model with a nested one, a skip connection and one layer of most kinds. */
export async function smallLayersFile(): Promise<Files> {
  await tf.setBackend('cpu');
  const { layers, input, model, sequential } = tf;
  const inner = sequential({
    name: 'inner',
    layers: [
      layers.depthwiseConv2d({ inputShape: [4, 4, 3], kernelSize: 3, padding: 'same' }),
      layers.reLU({ maxValue: 6 }),
    ],
  });
  const x = input({ shape: [4, 4, 3], name: 'image' });
  const padded = layers.zeroPadding2d({ padding: 1 }).apply(x);
  const conv = layers.conv2d({ filters: 3, kernelSize: 3 }).apply(padded);
  const norm = layers.batchNormalization().apply(conv) as tf.SymbolicTensor;
  const skip = layers.add().apply([norm, inner.apply(norm) as tf.SymbolicTensor]);
  const joined = layers.concatenate().apply([skip as tf.SymbolicTensor, norm]);
  const small = layers.maxPooling2d({ poolSize: 2 }).apply(joined);
  const large = layers.upSampling2d({}).apply(small);
  const flat = layers.flatten().apply(layers.averagePooling2d({ poolSize: 2 }).apply(large));
  const head = layers.dense({ units: 2, activation: 'softmax' }).apply(flat) as tf.SymbolicTensor;
  return savedLayers(model({ inputs: x, outputs: head }));
}
