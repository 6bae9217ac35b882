import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { loadModel, saveModel, writeModel } from '../src/onnx/index.ts';
import { type FitOptions, fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { digits } from './quantization-data.ts';

/** A network to prune. */
export interface Network {
  readonly open: () => Promise<Dataset>;
  /** Of the dense one. */
  readonly training: FitOptions & { readonly epochs: number };
}

const oneCycle = { schedule: 'one-cycle', learningRate: 0.005 } as const;

export const networks: Readonly<Record<'cnn' | 'resnet8' | 'resnet20', Network>> = {
  cnn: { open: mnist, training: { ...oneCycle, learningRate: 0.003, epochs: 4 } },
  resnet8: { open: () => digits(32), training: { ...oneCycle, epochs: 4, limit: 8_000 } },
  resnet20: { open: () => digits(32), training: { ...oneCycle, epochs: 4, limit: 6_000 } },
};

export type NetworkName = keyof typeof networks;

export const isNetwork = (name: string): name is NetworkName => Object.hasOwn(networks, name);

/** The trained network of a seed. */
export function denseNetwork(name: NetworkName, data: Dataset, seed: number): Promise<Model> {
  const start = architecture(name, { sample: data.sampleShape, classes: 10, seed });
  return trained(start, data, { name: `${name}-${seed}`, training: { ...networks[name].training, seed } });
}

/** A model after a training: what is in out/prune-models is read, what is not is trained and kept there. */
export async function trained(
  start: Model,
  data: Dataset,
  { name, training }: { readonly name: string; readonly training: FitOptions },
): Promise<Model> {
  const { seed, ...settings } = training;
  const hash = createHash('sha256')
    .update(JSON.stringify({ training: settings, data: data.name }))
    .update(writeModel(start));
  const folder = join('out', 'prune-models');
  const path = join(folder, `${name}-${hash.digest('hex').slice(0, 12)}.onnx`);
  if (existsSync(path)) return loadModel(path);
  mkdirSync(folder, { recursive: true });
  const { model } = await fit(start, data, training);
  await saveModel(model, path);
  console.error(`${name}: trained`);
  return model;
}
