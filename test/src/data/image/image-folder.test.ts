import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Batch, type Dataset, openDataset } from '../../../../src/data/index.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { flat, folderOf, png } from './pictures.ts';

const roots: string[] = [];
const folder = (files: Parameters<typeof folderOf>[0]): string => {
  const root = folderOf(files);
  roots.push(root);
  return root;
};
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

/** Classes `bright` and `dark` of 30 and 10 squares, told by their grey. */
const squares = () =>
  folder({
    ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`dark/${i}.png`, flat(i)])),
    ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`bright/${i}.png`, flat(200 + i)])),
    'notes.txt': 'left alone',
    'dark/._0.png': 'left alone too',
  });

async function all(data: Dataset, split: string, options = {}): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of data.batches(split, options)) batches.push(batch);
  return batches;
}

const greys = (batches: Batch[]): number[] =>
  batches.flatMap((batch) =>
    batch.images
      .toNumbers()
      .filter((_, i) => i % 16 === 0)
      .map((value) => Math.round(value * 255)),
  );
const labels = (batches: Batch[]): number[] => batches.flatMap((batch) => batch.labels.toNumbers());

test('a folder for each class gives labelled batches', async () => {
  const data = await openDataset(squares());
  expect(data.classNames).toEqual(['bright', 'dark']);
  expect([data.sampleShape, data.size('train')]).toEqual([[1, 4, 4], 40]);
  const batches = await all(data, 'train', { batchSize: 16, shuffle: 5 });
  expect(batches.map((batch) => batch.images.shape[0])).toEqual([16, 16, 8]);
  expect(greys(batches).map((grey) => (grey >= 200 ? 0 : 1))).toEqual(labels(batches));
  expect(new Set(greys(batches)).size).toBe(40);
  // The second pass comes from memory.
  expect(greys(await all(data, 'train', { batchSize: 16, shuffle: 5 }))).toEqual(greys(batches));
});

test('parts of train are held out class by class, balanced batches draw classes alike', async () => {
  const data = await openDataset(squares(), { test: 0.2, validation: 0.1, balance: true, seed: 3 });
  expect(data.splitNames).toEqual(['train', 'test', 'validation']);
  expect(['train', 'test', 'validation'].map((split) => data.classCounts(split))).toEqual([
    [21, 7],
    [6, 2],
    [3, 1],
  ]);
  expect(data.name).toMatch(/\[test=0.2,validation=0.1,seed=3\]$/);
  const passes = await Promise.all(data.splitNames.map((split) => all(data, split)));
  for (const batches of passes)
    expect(greys(batches).map((grey) => (grey >= 200 ? 0 : 1))).toEqual(labels(batches));
  const seen = passes.map(greys);
  expect(new Set(seen.flat()).size).toBe(40);
  const balanced = await all(data, 'train', { shuffle: 1 });
  const drawn = labels(balanced);
  expect(greys(balanced).map((grey) => (grey >= 200 ? 0 : 1))).toEqual(drawn);
  expect([drawn.filter((label) => label === 1).length, drawn.length]).toEqual([14, 28]);
  expect(data.classWeights('train')).toEqual([28 / 42, 2]);
});

test('train and test subfolders are splits; sizes and channels are as asked for', async () => {
  const wide = png({ height: 4, width: 12, channels: 3 }, (_y, x, c) => (x >= 4 && x < 8 ? 100 + c : 0));
  const root = folder({
    'train/a/1.png': wide,
    'train/b/1.png': flat(9, 8),
    'test/a/1.png': wide,
  });
  const cropped = await openDataset(root, { size: 4, crop: true });
  expect([cropped.splitNames, cropped.sampleShape, cropped.classCounts('test')]).toEqual([
    ['train', 'test'],
    [3, 4, 4],
    [1, 0],
  ]);
  expect([...(await cropped.read('test', Uint32Array.of(0)))]).toEqual(
    [100, 101, 102].flatMap((value) => new Array<number>(16).fill(value)),
  );
  const stretched = await openDataset(root, {
    size: [2, 3],
    channels: 1,
    resampling: 'area',
    mean: 0.5,
    std: 0.25,
  });
  const [batch] = await all(stretched, 'train', { limit: 1 });
  expect(batch!.images.shape).toEqual([1, 1, 2, 3]);
  expect(batch!.images.toNumbers()[0]).toBe(-2);
  await expect(openDataset(root, { size: 8, test: 0.5 })).rejects.toThrow("has a split 'test' of its own");
});

test('a flat folder has no labels', async () => {
  const data = await openDataset(folder({ 'a.png': flat(1), 'b.png': flat(2) }));
  expect([data.classNames, data.size('train')]).toEqual([[], 2]);
  const [batch] = await all(data, 'train');
  expect(greys([batch!])).toEqual([1, 2]);
  expect(() => batch!.labels).toThrow('has no labels');
  expect(String((await data[displaySymbol]())['text/plain'])).toContain('no labels');
});

test('shows its samples and a histogram of its classes as pictures', async () => {
  const data = await openDataset(squares(), { size: 16 });
  const bundle = await data[displaySymbol]();
  expect(bundle['text/html']).toContain('<svg');
  expect(bundle['text/plain']).toMatch(/bright +30\ndark +10/);
  expect(bundle['text/plain']).toMatch(/│█+ 30/);
  expect(Buffer.from(String(bundle['image/png']), 'base64').subarray(1, 4).toString()).toBe('PNG');
});

describe('bad files', () => {
  const broken = () =>
    folder({
      'a/1.png': flat(1),
      'a/2.png': flat(2).subarray(0, 45),
      'a/3.jpg': 'no picture',
      'b/1.png': flat(3),
      'b/2.png': flat(3, 5),
    });

  test('stop a small folder at once, with name, reason and how many', async () => {
    const root = broken();
    await expect(openDataset(root)).rejects.toThrow(
      new RegExp(
        `${join(root, 'a/2.png')} cannot be read as an image: .+--skip-bad\\) \\(3 files are bad\\)$`,
        's',
      ),
    );
  });

  test('stop a large one at their batch', async () => {
    const data = await openDataset(broken(), { check: false, size: 4 });
    const pass = all(data, 'train', { batchSize: 1 });
    await expect(pass).rejects.toThrow(/2\.png cannot be read as an image/);
  });

  test('are left out and counted where asked for', async () => {
    const data = await openDataset(broken(), { skipBad: true });
    expect(data.classCounts('train')).toEqual([1, 1]);
    expect(data.warnings).toHaveLength(1);
    expect(data.warnings[0]).toMatch(
      /^3 of 5 files could not be read and were left out: .*2\.png .*is 5x5, must be 4x4/s,
    );
    expect(greys(await all(data, 'train'))).toEqual([1, 3]);
    expect(String((await data[displaySymbol]())['text/plain'])).toContain('Warning: 3 of 5 files');
  });

  test('none good is an error', async () => {
    await expect(openDataset(folder({ 'a/1.png': 'x' }), { skipBad: true })).rejects.toThrow(
      /1\.png cannot be read as an image/,
    );
  });
});

test('names what is wrong with a folder or an option', async () => {
  const root = squares();
  await expect(openDataset(folder({ 'a/1.png': flat(1), 'loose.png': flat(1) }))).rejects.toThrow(
    /loose\.png must be in one of the class folders beside it: a/,
  );
  await expect(openDataset(folder({ 'a/1.png': flat(1), 'b/x.txt': '' }))).rejects.toThrow(
    /class folder .*b must have files of \.png/,
  );
  await expect(openDataset(folder({ 'train/a/1.png': flat(1), 'test/z/1.png': flat(1) }))).rejects.toThrow(
    "must be one of the classes of 'train': a",
  );
  await expect(openDataset(folder({ 'x.txt': '' }))).rejects.toThrow('it has none');
  await expect(openDataset(join(root, 'nowhere'))).rejects.toThrow('There is no file or folder');
  await expect(openDataset(root, { size: 0 })).rejects.toThrow('from 1 to 4096, was 0');
  await expect(openDataset(root, { crop: true })).rejects.toThrow("'crop' needs a size");
  await expect(openDataset(root, { label: 'x' })).rejects.toThrow(
    "'label' means nothing for a folder of images",
  );
  await expect(openDataset(root, { test: 1.5 })).rejects.toThrow("'test' must be a fraction between 0 and 1");
  await expect(openDataset(root, { mean: [0, 0] })).rejects.toThrow('one for each of the 1 channels');
  await expect(openDataset('mnist', { size: 96 })).rejects.toThrow(
    "'size' means nothing for data set 'mnist'",
  );
});
