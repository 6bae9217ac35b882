import { expect, test } from 'vitest';
import { type Batch, Dataset } from '../../../src/data/index.ts';
import { displaySymbol } from '../../../src/report.ts';

/** Sample i is [2, 1, 2] with pixels 4i to 4i + 3, of class i % 3. */
function counting(count: number): Dataset {
  return new Dataset({
    name: 'counting',
    sampleShape: [2, 1, 2],
    classNames: ['a', 'b', 'c'],
    splits: {
      train: {
        images: Uint8Array.from({ length: count * 4 }, (_, i) => i),
        labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
      },
    },
    normalization: { scale: 1, mean: [0, 10], std: [1, 2] },
  });
}

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

const labelsOf = (batches: Batch[]) => batches.map((batch) => batch.labels.toNumbers());

test('batches hold normalized float32 images and int64 labels', async () => {
  const batches = await collect(counting(5).batches('train', { batchSize: 2 }));
  expect(batches.map((batch) => batch.images.shape)).toEqual([
    [2, 2, 1, 2],
    [2, 2, 1, 2],
    [1, 2, 1, 2],
  ]);
  expect(batches[1]!.images.toNumbers()).toEqual([8, 9, 0, 0.5, 12, 13, 2, 2.5]);
  expect(labelsOf(batches)).toEqual([[0, 1], [2, 0], [1]]);
  expect(batches[0]!.labels.dtype).toBe('int64');
});

test('limit and dropLast say where batches end', async () => {
  const data = counting(8);
  expect(labelsOf(await collect(data.batches('train', { batchSize: 3, limit: 5 })))).toEqual([
    [0, 1, 2],
    [0, 1],
  ]);
  expect(labelsOf(await collect(data.batches('train', { batchSize: 3, dropLast: true })))).toHaveLength(2);
});

test('shuffles all samples, with their labels, the same way each time', async () => {
  const data = counting(30);
  const options = { batchSize: 30, shuffle: 4 };
  const [batch] = await collect(data.batches('train', options));
  const ids = batch!.images
    .toNumbers()
    .filter((_, i) => i % 4 === 0)
    .map((first) => first / 4);
  expect(ids).not.toEqual([...ids].sort((a, b) => a - b));
  expect(new Set(ids).size).toBe(30);
  expect(batch!.labels.toNumbers()).toEqual(ids.map((id) => id % 3));
  expect((await collect(data.batches('train', options)))[0]!.images.bytes).toEqual(batch!.images.bytes);
});

test('a limit means the first samples, whatever their order', async () => {
  const options = { batchSize: 10, limit: 10, shuffle: 1 };
  const [batch] = await collect(counting(60).batches('train', options));
  const firsts = batch!.images.toNumbers().filter((_, i) => i % 4 === 0);
  expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
  expect(Math.max(...firsts)).toBe(36);
});

test('the validation split is a part of train, chosen by the seed', () => {
  const data = counting(20);
  const split = data.withValidation(6, 3);
  expect(split.name).toBe('counting[validation=6,seed=3]');
  expect(split.splitNames).toEqual(['train', 'validation']);
  expect([split.size('train'), split.size('validation'), data.size('train')]).toEqual([14, 6, 20]);
  const firsts = ['train', 'validation'].flatMap((name) =>
    [...split.images(name)].filter((v) => v % 4 === 0),
  );
  expect(firsts.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i * 4));
  expect(split.images('validation')).toEqual(data.withValidation(6, 3).images('validation'));
  expect(split.images('validation')).not.toEqual(data.withValidation(6, 4).images('validation'));
  expect(() => data.withValidation(20)).toThrow('must take 1 to 19 samples, was 20');
});

test('take keeps the first samples without a copy', () => {
  const data = counting(9);
  const few = data.take(4);
  expect(few.size('train')).toBe(4);
  expect([few.name, data.take(9).name]).toEqual(['counting[:4]', 'counting']);
  expect(few.images('train').buffer).toBe(data.images('train').buffer);
});

test('names the mistake', async () => {
  expect(() => counting(3).split('trian')).toThrow(
    "Unknown split of counting 'trian'. Did you mean 'train'?",
  );
  await expect(collect(counting(3).batches('train', { batchSize: 0 }))).rejects.toThrow(
    'whole number of 1 or more, was 0',
  );
  const { name, sampleShape, classNames, splits, normalization } = counting(3);
  expect(() => new Dataset({ name, sampleShape: [5], classNames, splits, normalization })).toThrow(
    "Split 'train' of counting must have 15 numbers for 3 samples of [5], has 12",
  );
  expect(() => new Dataset({ name, sampleShape, classNames: ['a', 'b'], splits, normalization })).toThrow(
    "Labels of split 'train' of counting must be 0 to 1, sample 2 has 2",
  );
});

test('shows its splits and class balance, without a picture where samples are none', async () => {
  const bundle = await counting(5)[displaySymbol]();
  expect(bundle['text/plain']).toMatch(
    /counting: 3 classes, samples \[2, 1, 2\].*train +5 +uint8.*a +2\nb +2\nc +1/s,
  );
  expect(bundle['image/png']).toBeUndefined();
});
