/** A network of 13 000 weights, an eighth of the channels of `cnn`, that pruning hurts, and its digits. */
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../src/layers/index.ts';
import { trained } from './prune-networks.ts';

/** Digits of an epoch. */
export const smallSamples = 16_000;

/** Digits to train on and to judge by: `validation` is taken out of the training split, and never trained on. */
export async function digitsToJudge(by: 'validation' | 'test'): Promise<Dataset> {
  const data = (await mnist()).withValidation(10_000, 1);
  return data.with({
    name: 'mnist without validation',
    splits: { train: data.split('train'), test: data.split(by) },
  });
}

/** The trained one of a seed. */
export function smallNetwork(data: Dataset, seed: number): Promise<Model> {
  const layers = [conv2d(4, 3, { stride: 2 }), relu(), conv2d(8, 3, { stride: 2 }), relu(), flatten()];
  const start = sequential(data.sampleShape, [...layers, dense(32), relu(), dense(10)], { seed });
  const training = {
    epochs: 4,
    limit: smallSamples,
    learningRate: 0.006,
    schedule: 'one-cycle',
    seed,
  } as const;
  return trained(start, data, { name: `small-${seed}`, training });
}
