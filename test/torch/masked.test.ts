/**
 * Masked training beside PyTorch in float64. What is stated of the moments: gradients are masked before they are clipped and
 * enter a moment, so that masked weights count in no norm; weights and moments are masked after each step and whenever the
 * mask changes, so that what is pruned has no momentum left.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { Dataset } from '../../src/data/index.ts';
import { dense, sequential } from '../../src/layers/index.ts';
import { random } from '../../src/random.ts';
import { fit, type MaskSchedule, type Masks } from '../../src/train/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { largestDifference } from './train-both.ts';
import { torch } from './train-in-torch.ts';

const [features, classes, batchSize, steps] = [6, 4, 8, 24];
const name = 'dense1.weight';

function clusters(): Dataset {
  const source = random(5);
  const count = batchSize * steps;
  const labels = Uint8Array.from({ length: count }, () => source.integer(classes));
  const images = Float32Array.from({ length: count * features }, (_, i) => {
    const label = labels[Math.floor(i / features)]!;
    return (label === i % features ? 2 : 0) + source.normal();
  });
  return new Dataset({
    name: 'clusters',
    sampleShape: [features],
    classNames: ['a', 'b', 'c', 'd'],
    splits: { train: { images, labels } },
    normalization: { scale: 1, mean: [0], std: [1] },
  });
}

const data = clusters();
const model = sequential([features], [dense(classes)], { seed: 1 });
const bits = (seed: number): Uint8Array => {
  const source = random(seed);
  return Uint8Array.from({ length: classes * features }, () => (source.uniform() < 0.6 ? 1 : 0));
};
const [first, second] = [bits(1), bits(2)];

/** Other weights go after 10 steps, when there are moments of them. */
const changing: MaskSchedule = {
  name: 'two masks',
  steps: () => [3, 10],
  masksAt: ({ step }) => new Map([[name, step === 3 ? first : second]]),
};

interface Job {
  readonly optimizer: 'sgd' | 'nesterov' | 'adam' | 'adamw';
  readonly kind: 'fixed' | 'changing';
  readonly clipNorm?: number;
}

const jobs: readonly Job[] = [
  ...(['sgd', 'nesterov', 'adam', 'adamw'] as const).flatMap((optimizer) => [
    { optimizer, kind: 'fixed' } as const,
    { optimizer, kind: 'changing' } as const,
  ]),
  { optimizer: 'adam', kind: 'changing', clipNorm: 0.3 },
];

const masksOf = ({ kind }: Job): Masks | MaskSchedule =>
  kind === 'fixed' ? new Map([[name, first]]) : changing;

const rows = (values: ArrayLike<number>): number[][] =>
  Array.from({ length: classes }, (_, i) => Array.from(values).slice(i * features, (i + 1) * features));

async function inTorch(): Promise<{ weight: number[]; bias: number[] }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-masked-'));
  try {
    const batches: unknown[] = [];
    for await (const { images, labels } of data.batches('train', { batchSize, shuffle: 0 })) {
      const flat = Array.from(images.data as Float32Array);
      const sample = (i: number) => flat.slice(i * features, (i + 1) * features);
      batches.push([
        Array.from({ length: batchSize }, (_, i) => sample(i)),
        Array.from(labels!.data as never, Number),
      ]);
    }
    const weight = rows(model.graph.initializers.get(name)!.tensor!.data as Float32Array);
    const masks = { fixed: { 0: rows(first) }, changing: { 3: rows(first), 10: rows(second) } };
    const all = jobs.map(({ optimizer, kind, clipNorm = null }) => ({
      ...{ optimizer, clipNorm, weight, batches, masks: masks[kind] },
    }));
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(all));
    const script = fileURLToPath(new URL('masked.py', import.meta.url));
    const { stdout } = await promisify(execFile)(torch.path, [script, folder], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeWith('Masked training beside PyTorch in float64', [torch], () => {
  let expected: Awaited<ReturnType<typeof inTorch>>;
  beforeAll(async () => {
    expected = await inTorch();
  });

  test.each(jobs.map((job, i) => [JSON.stringify(job), job, i] as const))('%s', async (_, job, i) => {
    const { optimizer, clipNorm } = job;
    const trained = await fit(model, data, {
      ...{ optimizer, batchSize, learningRate: 0.05, weightDecay: 0, masks: masksOf(job) },
      ...(clipNorm !== undefined && { clipNorm }),
    });
    const found = (key: string) => [
      ...(trained.model.graph.initializers.get(key)!.tensor!.data as Float32Array),
    ];
    const { weight, bias } = expected[i]!;
    expect(largestDifference(found(name), weight)).toBeLessThan(2e-5);
    expect(largestDifference(found('dense1.bias'), bias)).toBeLessThan(2e-5);
    const gone = (at: number) => first[at] === 0 || (job.kind === 'changing' && second[at] === 0);
    for (const [at, value] of found(name).entries()) expect(value === 0, `${at}`).toBe(gone(at));
  });
});
