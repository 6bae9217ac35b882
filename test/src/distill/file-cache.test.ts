import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { distill, fileCache, type ScoresCache } from '../../../src/distill/index.ts';
import type { Model } from '../../../src/ir/index.ts';
import { dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { stripes } from '../train/stripes.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-scores-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = stripes({ count: 96, side: 4 });
const net = (size: number, seed: number): Model =>
  sequential([1, 4, 4], [flatten(), dense(size), relu(), dense(2)], { seed });
const [teacher, student] = [net(12, 1), net(4, 2)];
const options = { epochs: 2, batchSize: 32, seed: 3 };
const place = (name: string): string => join(folder, name);
const distilled = (file: string, changed: object = {}, from = teacher) =>
  distill(from, student, data, { ...options, ...changed, cache: fileCache(place(file), file) });

test('scores in a file give the weights of a teacher in the graph, in another run too', async () => {
  const inGraph = writeModel((await distill(teacher, student, data, options)).model);
  const first = await distilled('a');
  const written = readFileSync(place('a'));
  const again = await distilled('a');
  expect(writeModel(first.model)).toEqual(inGraph);
  expect(writeModel(again.model)).toEqual(inGraph);
  expect(first.report.warnings.join()).toMatch(/once for 96 samples and kept in 'a'/);
  expect(again.report.warnings.join()).toMatch(/scores of 96 samples are from 'a'/);
  expect(readFileSync(place('a'))).toEqual(written);
  expect(written.length - written.indexOf('\n') - 1).toBe(96 * 2 * 4);
  expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
});

test('what does not fit is refused by what differs, and the file stays', async () => {
  await distilled('b');
  const before = readFileSync(place('b'));
  const scaled = data.with({ normalization: { scale: 1, mean: [0.25], std: [0.5] } });
  const cache = fileCache(place('b'), 'b');
  await expect(distilled('b', {}, net(12, 9))).rejects.toThrow(
    /^'b' keeps other scores than are needed: teacher \(sha256\): [0-9a-f]{12} in it, [0-9a-f]{12} now\. Name another/,
  );
  await expect(distill(teacher, student, scaled, { ...options, cache })).rejects.toThrow(
    /data \(fingerprint\): .*; input: .*"mean":\[0.5\].* in it, .*"mean":\[0.25\].* now/,
  );
  await expect(distilled('b', { limit: 64 })).rejects.toThrow(/samples: 96 in it, 64 now/);
  await expect(distilled('b', { batchSize: 16 })).rejects.toThrow(/needed: batch size: 32 in it, 16 now\./);
  await expect(distilled('b', { hardLoss: 'mse', losses: 'mse' })).resolves.toBeDefined();
  expect(readFileSync(place('b'))).toEqual(before);
});

test('a damaged or foreign file is named and not written over', async () => {
  await distilled('c');
  const bytes = readFileSync(place('c'));
  bytes[bytes.length - 2]! ^= 1;
  writeFileSync(place('c'), bytes);
  await expect(distilled('c')).rejects.toThrow(/'c' is damaged/);
  writeFileSync(place('d'), 'a,b\n1,2\n');
  await expect(distilled('d')).rejects.toThrow(/'d' must be a file with the scores of a teacher/);
  expect(readFileSync(place('d'), 'utf8')).toBe('a,b\n1,2\n');
});

test('what was computed before a stop is kept, and only the rest is computed', async () => {
  const whole = await distilled('e');
  const kept = fileCache(place('f'), 'f');
  const sizes: number[] = [];
  const counting: ScoresCache = {
    ...kept,
    save: (key, scores) => {
      sizes.push(scores.length / 2);
      return kept.save(key, scores);
    },
  };
  const controller = new AbortController();
  setImmediate(() => controller.abort(new Error('enough')));
  const { signal } = controller;
  await expect(distill(teacher, student, data, { ...options, signal, cache: counting })).rejects.toThrow(
    'enough',
  );
  // A stop at 40 samples, of which the second batch is not whole.
  const key = JSON.parse(readFileSync(place('e')).toString().split('\n')[0]!).key;
  const all = (await fileCache(place('e')).load(key))!;
  await kept.save(key, all.slice(0, 40 * 2));
  const rest = await distill(teacher, student, data, { ...options, cache: counting });
  expect(rest.report.warnings.join()).toMatch(/once for 64 samples and kept in 'f', those of 32 were there/);
  expect(sizes.at(-1)).toBe(96);
  expect(await kept.load(key)).toEqual(all);
  expect(writeModel(rest.model)).toEqual(writeModel(whole.model));
});
