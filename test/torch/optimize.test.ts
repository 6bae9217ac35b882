import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { klDivergence } from '../../src/autodiff/index.ts';
import type { Model } from '../../src/ir/index.ts';
import { dense, sequential } from '../../src/layers/index.ts';
import { type FitOptions, fit } from '../../src/train/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { clusterBatches, clusters } from './clusters.ts';
import { largestDifference } from './train-both.ts';
import { torch } from './train-in-torch.ts';

const [features, classes, batchSize, steps] = [6, 4, 8, 24];

const layer = (seed: number, bias = true): Model =>
  sequential([features], [dense(classes, { bias })], { seed });
const weightOf = (model: Model): number[] => [
  ...(model.graph.initializers.get('dense1.weight')!.tensor!.data as Float32Array),
];
const rows = (weight: number[]): number[][] =>
  Array.from({ length: classes }, (_, i) => weight.slice(i * features, (i + 1) * features));

const data = clusters({ features, classes, batchSize, steps });
const [model, teacher] = [layer(1), layer(2, false)];

/** A job for both sides; what is absent has the same default on both. */
type Job = Pick<FitOptions, 'labelSmoothing' | 'clipNorm' | 'weightDecay' | 'classWeights'> & {
  optimizer: 'sgd' | 'nesterov' | 'adam' | 'adamw';
  schedule?: 'constant' | 'cosine' | 'step' | 'one-cycle';
  loss?: 'ce' | 'bce' | 'mse' | 'huber' | 'kl';
  rate?: number;
};

const jobs: Job[] = [
  { optimizer: 'sgd' },
  { optimizer: 'sgd', weightDecay: 0.1 },
  { optimizer: 'nesterov' },
  { optimizer: 'nesterov', weightDecay: 0.1, clipNorm: 0.5 },
  { optimizer: 'adam' },
  { optimizer: 'adam', weightDecay: 0.1 },
  { optimizer: 'adamw', weightDecay: 0.1 },
  { optimizer: 'adamw', weightDecay: 0.1, clipNorm: 0.3, schedule: 'one-cycle', labelSmoothing: 0.1 },
  { optimizer: 'sgd', schedule: 'cosine' },
  { optimizer: 'sgd', schedule: 'step' },
  { optimizer: 'sgd', schedule: 'one-cycle' },
  { optimizer: 'sgd', labelSmoothing: 0.2 },
  { optimizer: 'sgd', classWeights: [0.5, 3, 0, 1] },
  { optimizer: 'adam', classWeights: [0.2, 1, 5, 1], labelSmoothing: 0.1 },
  { optimizer: 'sgd', loss: 'bce', rate: 0.5 },
  { optimizer: 'sgd', loss: 'mse' },
  { optimizer: 'sgd', loss: 'huber' },
  { optimizer: 'sgd', loss: 'kl' },
];

const withDefaults = (job: Job) => ({
  ...{ schedule: 'constant', loss: 'ce', rate: 0.05, weightDecay: 0, clipNorm: null, labelSmoothing: 0 },
  classWeights: null,
  ...job,
});

async function inTorch(): Promise<{ losses: number[]; weight: number[]; bias: number[] }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-torch-'));
  try {
    const batches = await clusterBatches(data, batchSize);
    const shared = { batches, total: steps, weight: rows(weightOf(model)), teacher: rows(weightOf(teacher)) };
    const all = jobs.map((job) => ({ ...withDefaults(job), ...shared }));
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(all));
    const script = fileURLToPath(new URL('optimize.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeWith('Optimizers, schedules and losses beside PyTorch in float64', [torch], () => {
  let expected: Awaited<ReturnType<typeof inTorch>>;
  beforeAll(async () => {
    expected = await inTorch();
  });

  test.each(jobs.map((job, i) => [JSON.stringify(job), job, i] as const))('%s', async (_, job, i) => {
    const { rate = 0.05, loss, ...options } = job;
    const trained = await fit(model, data, {
      ...options,
      ...(loss === 'kl' ? { loss: klDivergence({ temperature: 4 }), teacher } : { loss: loss ?? 'ce' }),
      learningRate: rate,
      batchSize,
      weightDecay: job.weightDecay ?? 0,
    });
    const losses = trained.report.history.map((step) => step.loss);
    const { losses: wanted, weight, bias } = expected[i]!;
    expect(losses).toHaveLength(steps);
    expect(largestDifference(losses, wanted)).toBeLessThan(2e-5);
    expect(largestDifference(weightOf(trained.model), weight)).toBeLessThan(2e-5);
    const biases = trained.model.graph.initializers.get('dense1.bias')!.tensor!.data as Float32Array;
    expect(largestDifference(biases, bias)).toBeLessThan(2e-5);
    // The steps did something: no comparison of two models that stand still.
    expect(largestDifference(weightOf(model), weight)).toBeGreaterThan(1e-2);
  });
});
