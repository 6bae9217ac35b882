import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type FitOptions,
  fit,
  loadCheckpoint,
  saveCheckpoint,
} from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgebook-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true }));

const net = () =>
  sequential([1, 4, 4], [conv2d(4, 3), batchNormalization(), relu(), flatten(), dense(2)], { seed: 3 });
const data = stripes({ side: 4, count: 640 });

/** Everything that has a state of its own: moments, statistics, order, random changes, schedule, validation. */
const options: FitOptions = {
  epochs: 4,
  batchSize: 32,
  optimizer: 'adamw',
  schedule: 'one-cycle',
  warmUp: 3,
  clipNorm: 1,
  labelSmoothing: 0.1,
  augment: { shift: 1, crop: 0.8, flip: 0.5, noise: 0.1, mixup: 0.4 },
  validation: 128,
  patience: 3,
  seed: 7,
};

/** Trains until step `stop` at least, and gives the checkpoint that the abort left in a file. */
async function interrupted(stop: number, file: string): Promise<Checkpoint> {
  const controller = new AbortController();
  const work = fit(net(), data, {
    ...options,
    signal: controller.signal,
    checkpoint: { save: (checkpoint) => saveCheckpoint(checkpoint, file) },
    onProgress: ({ done }) => {
      if (done >= stop) controller.abort(new Error('power cut'));
    },
  });
  await expect(work).rejects.toThrow('power cut');
  return loadCheckpoint(file);
}

test.each([1, 5, 16, 17, 40])(
  'a training broken off at step %i or soon after goes on to the same bits',
  async (stop) => {
    const whole = await fit(net(), data, options);
    const checkpoint = await interrupted(stop, join(folder, `${stop}.ckpt`));
    expect(checkpoint.history.length).toBeGreaterThanOrEqual(stop);
    expect(checkpoint.history.length).toBeLessThan(64);
    const resumed = await fit(net(), data, { ...options, resume: checkpoint });
    expect(Buffer.from(writeModel(resumed.model)).equals(writeModel(whole.model))).toBe(true);
    expect(resumed.report.history).toEqual(whole.report.history);
    expect(resumed.report.validation).toEqual(whole.report.validation);
  },
);

test('every checkpoint on the way leads to the same bits', async () => {
  const all: Checkpoint[] = [];
  const whole = await fit(net(), data, {
    ...options,
    checkpoint: { every: 0, save: async (checkpoint) => void all.push(checkpoint) },
  });
  expect(all.length).toBeGreaterThan(4);
  for (const checkpoint of [all[0]!, all.at(-2)!, all.at(-1)!]) {
    const resumed = await fit(net(), data, {
      ...options,
      resume: decodeCheckpoint(encodeCheckpoint(checkpoint)),
    });
    expect(Buffer.from(writeModel(resumed.model)).equals(writeModel(whole.model))).toBe(true);
  }
});

test('a checkpoint of another training is refused with what differs', async () => {
  const checkpoint = await interrupted(5, join(folder, 'other.ckpt'));
  const resume = (changed: FitOptions) => fit(net(), data, { ...options, ...changed, resume: checkpoint });
  await expect(resume({ learningRate: 0.5 })).rejects.toThrow(
    "'learningRate' was 0.001 in the checkpoint, is 0.5. Give the same, or start without the checkpoint",
  );
  await expect(resume({ seed: 8 })).rejects.toThrow("'seed' was 7 in the checkpoint, is 8");
  await expect(resume({ clipNorm: undefined })).rejects.toThrow(
    "'clipNorm' was 1 in the checkpoint, is not set",
  );
  const wider = sequential([1, 4, 4], [flatten(), dense(2)]);
  await expect(fit(wider, data, { ...options, resume: checkpoint })).rejects.toThrow("'model' was");
});

test('a damaged file is refused; a save that fails leaves the old file and no draft', async () => {
  const file = join(folder, 'damaged.ckpt');
  const checkpoint = await interrupted(5, file);
  const bytes = await readFile(file);
  const cuts = [0, 4, 20, bytes.length - 1].map((length) => bytes.subarray(0, length));
  const flipped = Buffer.from(bytes);
  flipped[bytes.length - 3]! ^= 1;
  for (const damaged of [...cuts, flipped, Buffer.from('not a checkpoint at all')]) {
    await writeFile(file, damaged);
    await expect(loadCheckpoint(file)).rejects.toThrow(/damaged\.ckpt' must be a checkpoint of a training/);
  }
  await expect(loadCheckpoint(join(folder, 'none.ckpt'))).rejects.toThrow(
    /none\.ckpt' must be a readable file/,
  );
  await writeFile(file, bytes);
  const broken = {
    ...checkpoint,
    get history(): never {
      throw new Error('disk is full');
    },
  };
  await expect(saveCheckpoint(broken, file)).rejects.toThrow('disk is full');
  expect(await readFile(file)).toEqual(bytes);
  await expect(saveCheckpoint(checkpoint, join(folder, 'no', 'such.ckpt'))).rejects.toThrow(/ENOENT/);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('data that changed under their name are others', async () => {
  const checkpoint = await interrupted(5, join(folder, 'data.ckpt'));
  expect(checkpoint.run.dataHash).toMatch(/^[0-9a-f]{16}$/);
  const { images, labels } = data.split('train');
  const turned = (labels as Uint8Array).map((label) => 1 - label);
  const other = data.with({ splits: { ...data.splits, train: { images, labels: turned } } });
  expect(other.name).toBe(data.name);
  await expect(fit(net(), other, { ...options, resume: checkpoint })).rejects.toThrow("'dataHash' was");
});
