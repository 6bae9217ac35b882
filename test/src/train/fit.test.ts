import { afterEach, expect, test, vi } from 'vitest';
import { standardKernels } from '../../../src/autodiff/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { probeKernels } from '../../../src/kernels/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { fit } from '../../../src/train/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';
import { stripes } from './stripes.ts';

afterEach(() => vi.restoreAllMocks());

const model = () => sequential([1, 2, 2], [flatten(), dense(8), relu(), dense(2)]);

test('learns, reports every step, and leaves the given model as it was', async () => {
  const start = model();
  const before = writeModel(start);
  const { model: trained, report } = await fit(start, stripes(), {
    epochs: 4,
    batchSize: 32,
    learningRate: 0.01,
  });
  expect(report.history).toHaveLength(4 * 16);
  expect(report.history.map((step) => step.step)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
  expect(report.rows.at(-1)!.accuracy).toBeGreaterThan(0.9);
  expect(report.rows.at(-1)!.loss).toBeLessThan(0.7 * (report.rows[0]!.loss as number));
  expect(writeModel(start)).toEqual(before);
  expect(writeModel(trained)).not.toEqual(before);
});

test('learns the same by fast kernels as by standard operators, and says which it used', async () => {
  const images = sequential(
    [1, 8, 8],
    [conv2d(16, 3), batchNormalization(), relu(), conv2d(16, 3), flatten(), dense(2)],
  );
  const data = stripes({ side: 8 });
  const options = { epochs: 1, batchSize: 32, optimizer: 'sgd' } as const;
  const [fast, standard] = await Promise.all([
    fit(images, data, options),
    fit(images, data, { ...options, kernels: standardKernels }),
  ]);
  const losses = ({ report }: typeof fast) => report.history.map(({ loss }) => loss);
  for (const [i, loss] of losses(standard).entries()) expect(losses(fast)[i]).toBeCloseTo(loss, 3);
  expect(standard.report.title).not.toContain('blocked kernels');
  const { kernels, missing } = await probeKernels();
  if (kernels.block) expect(fast.report.title).toMatch(/[4-6] of 6 nodes by blocked kernels/);
  else expect(fast.report.warnings).toHaveLength(missing.length);
});

test('gives the same weights for the same seed, others for another', async () => {
  const weights = async (seed: number) => writeModel((await fit(model(), stripes(), { seed })).model);
  expect(await weights(1)).toEqual(await weights(1));
  expect(await weights(1)).not.toEqual(await weights(2));
});

test('tells progress and stops when aborted', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const work = fit(model(), stripes(), {
    epochs: 1000,
    signal: controller.signal,
    onProgress: ({ done, total }) => {
      seen.push(done);
      expect(total).toBe(8000);
      if (seen.length === 3) controller.abort(new Error('enough'));
    },
  });
  await expect(work).rejects.toThrow('enough');
  expect(seen).toHaveLength(3);
});

test('refuses data that do not fit, naming both shapes', async () => {
  const wide = sequential([3, 32, 32], [flatten(), dense(2)]);
  await expect(fit(wide, stripes())).rejects.toThrow(/'stripes' does not fit.*\[3, 32, 32\].*\[1, 2, 2\]/);
  const narrow = sequential([1, 2, 2], [flatten(), dense(1)]);
  await expect(fit(narrow, stripes())).rejects.toThrow(/1 classes apart, 'stripes' has 2/);
  const create = vi.spyOn(InferenceSession, 'create');
  await expect(fit(model(), stripes({ count: 8 }), { batchSize: 64 })).rejects.toThrow(
    /at least one batch of 64/,
  );
  expect(create).not.toHaveBeenCalled();
});

test.each([
  [{ epochs: Number.POSITIVE_INFINITY }, "'epochs' must be a whole number of 1 or more, was Infinity"],
  [{ epochs: 0 }, "'epochs' must be a whole number of 1 or more, was 0"],
  [{ batchSize: 2.5 }, "'batchSize' must be a whole number of 1 or more, was 2.5"],
  [{ limit: -1 }, "'limit' must be a whole number of 1 or more, was -1"],
  [{ learningRate: 0 }, "'learningRate' must be a finite number above 0, was 0"],
  [{ learningRate: Number.NaN }, "'learningRate' must be a finite number above 0, was NaN"],
])('refuses %o', async (options, message) => {
  await expect(fit(model(), stripes(), options)).rejects.toThrow(message);
});

test('a diverged training is an error, also if only the last step went wrong', async () => {
  const work = fit(model(), stripes(), { optimizer: 'sgd', learningRate: 1e30, epochs: 2 });
  await expect(work).rejects.toThrow(
    /^Training diverged at step \d+: lower the learning rate \(was 1e\+30\)$/,
  );
  const once = fit(model(), stripes({ count: 64 }), { optimizer: 'sgd', learningRate: 3e39 });
  await expect(once).rejects.toThrow('Training diverged at step 1: lower the learning rate');
});

test('weights in Constant nodes are trained as others are', async () => {
  const start = model();
  const [plain, nodes] = [await fit(start, stripes()), await fit(withConstantNodes(start), stripes())];
  expect(writeModel(nodes.model)).toEqual(writeModel(plain.model));
});

test('numbers that are none in the data are not blamed on the learning rate', async () => {
  const data = stripes();
  const images = (data.images('train') as Float32Array).slice();
  images[100] = Number.NaN;
  const { labels } = data.split('train');
  const broken = new Dataset({ ...data, splits: { train: { images, labels } } });
  await expect(fit(model(), broken)).rejects.toThrow(/images of step \d+ must be finite numbers, hold NaN/);
});

test('a limit that leaves classes out is said', async () => {
  const labels = Uint8Array.from({ length: 128 }, (_, i) => (i < 64 ? 0 : 1));
  const { report } = await fit(model(), stripes({ labels }), { limit: 64, batchSize: 32 });
  expect(report.warnings).toEqual([expect.stringContaining('are of 1 of 2 classes')]);
});
