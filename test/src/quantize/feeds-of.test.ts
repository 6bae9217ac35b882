import { expect, test } from 'vitest';
import { Dataset } from '../../../src/data/index.ts';
import type { Dim } from '../../../src/ir/index.ts';
import { feedsOf } from '../../../src/quantize/index.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import { build } from './build.ts';

const dataset = new Dataset({
  name: 'ramp',
  sampleShape: [1, 1, 2],
  classNames: ['a'],
  splits: { train: { images: Uint8Array.from({ length: 200 }, (_, i) => i), labels: new Uint8Array(100) } },
  normalization: { scale: 0.5, mean: [0], std: [1] },
});

const model = (...shape: Dim[]) =>
  build(({ b }) => b.output(b.op('Relu', [b.input('pixels', 'float32', shape)]), 'y'));

async function collect(feeds: AsyncIterable<Feeds>): Promise<Feeds[]> {
  const all: Feeds[] = [];
  for await (const batch of feeds) all.push(batch);
  return all;
}

test('draws normalized batches from the whole split', async () => {
  const feeds = await collect(feedsOf(model('N', 1, 1, 2), dataset, { limit: 20, batchSize: 10 }));
  expect(feeds.map((f) => f.pixels!.shape)).toEqual([
    [10, 1, 1, 2],
    [10, 1, 1, 2],
  ]);
  const firsts = feeds.flatMap((f) => f.pixels!.toNumbers().filter((_, i) => i % 2 === 0));
  expect(new Set(firsts).size).toBe(20);
  expect(Math.max(...firsts)).toBeGreaterThan(40);
});

test('a fixed batch is kept', async () => {
  const feeds = await collect(feedsOf(model(30, 1, 1, 2), dataset));
  expect(feeds.map((f) => f.pixels!.shape[0])).toEqual([30, 30, 30]);
});

test('a split smaller than a fixed batch is refused with both sizes', async () => {
  await expect(collect(feedsOf(model(1000, 1, 1, 2), dataset))).rejects.toThrow(
    /'train' must have at least the model's batch of 1000 samples, has \d+: take more data/,
  );
});

test('an open batch gets as many samples as asked for, the last batch is cut', async () => {
  const counts = async (limit: number) =>
    (await collect(feedsOf(model('N', 1, 1, 2), dataset, { limit }))).map((f) => f.pixels!.shape[0]);
  expect(await counts(50)).toEqual([32, 18]);
  expect(await counts(64)).toEqual([32, 32]);
  expect(await counts(5)).toEqual([5]);
  for (const limit of [0, -1, 2.5, Number.NaN])
    await expect(counts(limit)).rejects.toThrow(`must be a whole number of 1 or more, was ${limit}`);
});

test('says what does not fit', async () => {
  await expect(collect(feedsOf(model('N', 3, 1, 2), dataset))).rejects.toThrow(
    'To calibrate on ramp the model must have one input float32 [batch, 1, 1, 2], has pixels: float32[N, 3, 1, 2]',
  );
});
