import { expect, test } from 'vitest';
import { dataSamples, healthOf, randomSamples, samplesFor } from '../../../devices/deploy/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { Tensor } from '../../../src/ir/index.ts';
import { dense, flatten, sequential } from '../../../src/layers/index.ts';

const scores = (...rows: number[][]) => [
  { y: Tensor.of('float32', rows.flat(), [rows.length, rows[0]!.length]) },
];
const labelled = { batches: [], counts: [3], labels: [0, 1, 0], of: '3 test samples of toy' };
const plain = { batches: [], counts: [3], of: 'random numbers' };
const limits = { maxDrop: 0.01 };
const good = scores([2, 1], [0, 3], [5, 1]);

test('by accuracy: the same there and here is healthy, with the statistics of the outputs', () => {
  const health = healthOf(labelled, { there: good, here: good }, limits);
  expect(health).toMatchObject({ isHealthy: true, there: '100.00 %', here: '100.00 %' });
  expect(health.told).toBe('top-1 100.00 % there, 100.00 % here on 3 test samples of toy; outputs identical');
  expect(health.statistics!.y).toMatchObject({ rows: 3, mean: 2, min: 0, max: 5, classes: [2, 1] });
});

test('less accurate than here by more than --max-drop, or than --min-score: sick, with both figures', () => {
  const worse = scores([1, 2], [0, 3], [5, 1]);
  const drop = healthOf(labelled, { there: worse, here: good }, limits);
  expect(drop.isHealthy).toBe(false);
  expect(drop.told).toContain('top-1 accuracy there is 66.67 %, here 100.00 %, may be 1.00 % less');
  expect(healthOf(labelled, { there: worse, here: good }, { maxDrop: 0.4 }).isHealthy).toBe(true);
  const least = healthOf(labelled, { there: worse, here: worse }, { maxDrop: 0.01, minScore: 0.9 });
  expect(least.told).toContain('top-1 accuracy there is 66.67 %, must be 90.00 %');
});

test('padding of a fixed batch counts nowhere', () => {
  const health = healthOf({ ...labelled, counts: [2], labels: [0, 1] }, { there: good, here: good }, limits);
  expect([health.there, health.statistics!.y!.rows]).toEqual(['100.00 %', 2]);
});

test('without labels: how alike the outputs are, in dB', () => {
  const near = scores([2.01, 1], [0, 3], [5, 1]);
  // 40 of signal, 1e-4 of difference.
  expect(healthOf(plain, { there: near, here: good }, limits).there).toBe('alike to 56 dB');
  expect(healthOf(plain, { there: near, here: good }, { maxDrop: 0, minScore: 60 }).isHealthy).toBe(false);
  const other = scores([1, 2], [3, 0], [1, 5]);
  expect(healthOf(plain, { there: other, here: good }, limits)).toMatchObject({ isHealthy: false });
});

test('numbers that are none there are sick, also where the accuracy does', () => {
  const broken = scores([2, 1], [0, 3], [5, Number.NaN]);
  const health = healthOf(labelled, { there: broken, here: good }, { maxDrop: 1 });
  expect(health.told).toContain("output 'y' has 1 numbers there that are NaN or infinite");
});

test('outputs of another shape are no result', () => {
  expect(() => healthOf(plain, { there: scores([1, 2, 3]), here: good }, limits)).toThrow(
    "Output 'y' is [3, 2] here and [1, 3] on the device",
  );
});

const model = (batch?: number) =>
  sequential([1, 2, 2], [flatten(), dense(2)], { seed: 1, ...(batch !== undefined && { batch }) });
const data = (size: number) =>
  new Dataset({
    name: 'toy',
    sampleShape: [1, 2, 2],
    classNames: ['a', 'b'],
    normalization: { scale: 1, mean: [0], std: [1] },
    splits: {
      test: {
        images: Float32Array.from({ length: 4 * size }, (_, i) => Math.floor(i / 4)),
        labels: Uint8Array.from({ length: size }, (_, i) => i % 2),
      },
    },
  });

test('samples are drawn from the whole split, each with its label', async () => {
  const { batches, counts, labels, of } = await dataSamples(model(), data(100), 40);
  expect([counts, of]).toEqual([[32, 8], '40 test samples of toy']);
  const values = batches.flatMap((feeds) => {
    const [tensor] = Object.values(feeds);
    return Array.from({ length: tensor!.shape[0]! }, (_, row) => Math.round(Number(tensor!.data[4 * row])));
  });
  expect(Math.max(...values)).toBeGreaterThan(60);
  expect(labels).toEqual(values.map((value) => value % 2));
});

test('a model of other data is said; large samples are fewer; random ones need no data', async () => {
  const wide = sequential([8], [dense(2)], { seed: 1 });
  await expect(dataSamples(wide, data(4), 4)).rejects.toThrow(
    'To check a model on toy it must have one input float32 [batch, 1, 2, 2]',
  );
  expect(samplesFor(data(4).with({ sampleShape: [3, 224, 224], splits: {} }))).toBe(26);
  expect(samplesFor(data(4))).toBe(256);
  expect(Object.values(randomSamples(wide).batches[0]!)[0]!.shape).toEqual([1, 8]);
});
