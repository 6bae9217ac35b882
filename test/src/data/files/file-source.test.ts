import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileSource } from '../../../../src/data/files/file-source.ts';
import { SampleCache } from '../../../../src/data/files/sample-cache.ts';
import type { ImageFormat } from '../../../../src/data/index.ts';
import { flat, folderOf } from '../image/pictures.ts';

const format: ImageFormat = {
  kind: 'image',
  size: 16,
  channels: 1,
  height: 4,
  width: 4,
  resize: 'none',
  resampling: 'bilinear',
};
const files = Array.from({ length: 100 }, (_, i) => `${i}.png`);
const folder = folderOf(Object.fromEntries(files.map((file, i) => [file, flat(i)])));
afterAll(() => rmSync(folder, { recursive: true }));

const firsts = (samples: ArrayLike<number>): number[] => Array.from(samples).filter((_, i) => i % 16 === 0);

test('reads any samples in their order, and keeps only those that fit its memory', async () => {
  const source = new FileSource({ folder, files, format, cacheBytes: 70 * 16 });
  const order = Uint32Array.from(files, (_, i) => (i * 37) % 100);
  expect(firsts(await source.read(order))).toEqual([...order]);
  for (const file of files) writeFileSync(join(folder, file), flat(255));
  const again = firsts(await source.read(order));
  expect(again).toEqual(Array.from(order, (index) => (index < 70 ? index : 255)));
  files.forEach((file, i) => {
    writeFileSync(join(folder, file), flat(i));
  });
});

test('reads of several consumers at once do not mix', async () => {
  const source = new FileSource({ folder, files, format, cacheBytes: 0 });
  const parts = Array.from({ length: 20 }, (_, i) => Uint32Array.of(i, 99 - i, i + 40));
  const read = await Promise.all(parts.map((part) => source.read(part)));
  expect(read.map(firsts)).toEqual(parts.map((part) => [...part]));
});

test('an aborted check stops', async () => {
  const source = new FileSource({ folder, files, format, cacheBytes: 0 });
  const controller = new AbortController();
  const told: number[] = [];
  const check = source.check({
    signal: controller.signal,
    onProgress: ({ done }) => {
      told.push(done);
      if (done >= 32) controller.abort(new Error('enough'));
    },
  });
  await expect(check).rejects.toThrow('enough');
  expect(told).toEqual([16, 32]);
});

test('a cache holds its first samples and no others', () => {
  const cache = new SampleCache({ bytes: 100 * 8, size: 2, width: 4, count: 1000 });
  for (const index of [0, 63, 64, 99, 100, 999]) cache.set(index, Float32Array.of(index, -index));
  expect([0, 63, 64, 99, 100, 999, 5].map((index) => cache.get(index)?.[0])).toEqual([
    0,
    63,
    64,
    99,
    undefined,
    undefined,
    undefined,
  ]);
  expect([...cache.get(99)!]).toEqual([99, -99]);
});
