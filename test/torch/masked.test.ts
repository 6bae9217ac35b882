import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { dense, sequential, tanh } from '../../src/layers/index.ts';
import { maskSchedule } from '../../src/prune/index.ts';
import { random } from '../../src/random.ts';
import {
  type Checkpoint,
  type FitOptions,
  fit,
  type MaskSchedule,
  type Masks,
} from '../../src/train/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { clusterBatches, clusters } from './clusters.ts';
import { largestDifference } from './train-both.ts';
import { torch } from './train-in-torch.ts';

const [features, hidden, classes, batchSize, steps] = [6, 8, 4, 8, 40];
const data = clusters({ features, classes, batchSize, steps });
const model = sequential([features], [dense(hidden), tanh(), dense(classes)], { seed: 1 });
const names = ['dense1.weight', 'dense2.weight'];
const sizes = [features * hidden, hidden * classes];
const numbersOf = (name: string, { graph } = model): number[] => [
  ...(graph.initializers.get(name)!.tensor!.data as Float32Array),
];

/** Random masks off a share; those of another seed are others, so that some of what went would come back. */
function someMasks(share: number, seed: number): Masks {
  const source = random(seed);
  const mask = (size: number) => Uint8Array.from({ length: size }, () => Number(source.uniform() >= share));
  return new Map(names.map((name, i) => [name, mask(sizes[i]!)]));
}

const changing: Readonly<Record<number, Masks>> = {
  0: someMasks(0.2, 1),
  11: someMasks(0.4, 2),
  25: someMasks(0.3, 3),
};
const schedule: MaskSchedule = {
  name: 'changing',
  steps: () => Object.keys(changing).map(Number),
  masksAt: ({ step }) => changing[step]!,
};

type Job = Pick<FitOptions, 'clipNorm' | 'weightDecay'> & {
  optimizer: 'sgd' | 'nesterov' | 'adam' | 'adamw';
  /** `fixed` masks, some that change, or the polynomial to 80 % in the first half, which each side finds for itself. */
  masked: 'fixed' | 'changing' | 'polynomial';
};

const jobs: Job[] = [
  { optimizer: 'sgd', masked: 'fixed' },
  { optimizer: 'sgd', masked: 'changing', weightDecay: 0.1, clipNorm: 0.5 },
  { optimizer: 'nesterov', masked: 'changing' },
  { optimizer: 'adam', masked: 'fixed' },
  { optimizer: 'adam', masked: 'changing', clipNorm: 0.3 },
  { optimizer: 'adamw', masked: 'changing', weightDecay: 0.1 },
  { optimizer: 'sgd', masked: 'polynomial' },
  { optimizer: 'adam', masked: 'polynomial' },
];

const ramp = { sparsity: 0.8, steps: [0, 4, 8, 12, 16, 20] };
const ours = {
  fixed: changing[0]!,
  changing: schedule,
  polynomial: maskSchedule({ schedule: 'polynomial', sparsity: ramp.sparsity, end: 0.5, every: 4 }),
};
const rate = 0.05;

interface Outcome {
  readonly losses: number[];
  readonly masks: number[][];
  /** By layer, then by moment. */
  readonly moments: number[][][];
  readonly weights: number[][];
  readonly biases: number[][];
}

async function inTorch(): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const batches = await clusterBatches(data, batchSize);
    const weights = names.map((name, layer) => {
      const [inputs, flat] = [[features, hidden][layer]!, numbersOf(name)];
      return Array.from({ length: flat.length / inputs }, (_, i) => flat.slice(i * inputs, (i + 1) * inputs));
    });
    const bytes = (masks: Masks): number[][] => names.map((name) => [...masks.get(name)!]);
    const given = {
      fixed: { 0: bytes(changing[0]!) },
      changing: Object.fromEntries(Object.entries(changing).map(([step, masks]) => [step, bytes(masks)])),
      polynomial: {},
    };
    const all = jobs.map(({ masked, ...job }) => ({
      ...{ weightDecay: 0, clipNorm: null, ...job, rate, batches, weights },
      ...{ masks: given[masked], ramp: masked === 'polynomial' ? ramp : null },
    }));
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(all));
    const script = fileURLToPath(new URL('masked.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each of our moments of each layer's weight, as the training left them. */
function momentsOf({ state }: Checkpoint, trained: typeof model): number[][][] {
  const optimizer = state.velocity ? [state.velocity] : [state.mean!, state.variance!];
  const flat = [...(state.parameters!.data as Float32Array)];
  return names.map((name) => {
    const weight = numbersOf(name, trained);
    // Where the weight lies in the flat vectors: found by its numbers.
    const start = flat.findIndex((_, i) => weight.every((number, j) => flat[i + j] === number));
    return optimizer.map(({ data }) => [...(data as Float32Array).slice(start, start + weight.length)]);
  });
}

describeWith('Masked training beside torch.nn.utils.prune in float64', [torch], () => {
  let expected: Outcome[];
  beforeAll(async () => {
    expected = await inTorch();
  });

  test.each(jobs.map((job, i) => [JSON.stringify(job), job, i] as const))('%s', async (_, job, n) => {
    const { masked, weightDecay = 0, ...options } = job;
    const saved: Checkpoint[] = [];
    const trained = await fit(model, data, {
      ...{ ...options, weightDecay, learningRate: rate, batchSize, masks: ours[masked] },
      checkpoint: {
        save: async (checkpoint) => {
          saved.push(checkpoint);
        },
      },
    });
    const { losses, masks, moments, weights, biases } = expected[n]!;
    const history = trained.report.history.map((step) => step.loss);
    expect(history).toHaveLength(steps);
    expect(largestDifference(history, losses)).toBeLessThan(2e-5);
    const found = momentsOf(saved.at(-1)!, trained.model);
    for (const [i, name] of names.entries()) {
      expect([...trained.masks.get(name)!]).toEqual(masks[i]);
      expect(largestDifference(numbersOf(name, trained.model), weights[i]!)).toBeLessThan(2e-5);
      const bias = name.replace('weight', 'bias');
      expect(largestDifference(numbersOf(bias, trained.model), biases[i]!)).toBeLessThan(2e-5);
      expect(largestDifference(numbersOf(name), weights[i]!)).toBeGreaterThan(1e-2);
      // What is masked has no momentum here, where PyTorch's fades away: on what stays they are the same.
      for (const [m, own] of found[i]!.entries()) {
        const wanted = moments[i]![m]!.map((moment, j) => (masks[i]![j] === 0 ? 0 : moment));
        expect(largestDifference(own, wanted)).toBeLessThan(2e-5);
      }
    }
  });
});
