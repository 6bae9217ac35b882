import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Dataset, type DatasetInit, fingerprint } from '../../../src/data/index.ts';

const init: DatasetInit = {
  name: 'toy',
  sampleShape: [2],
  classNames: ['a', 'b'],
  splits: {
    train: { images: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(0, 1) },
    test: { images: Uint8Array.of(5, 6), labels: Uint8Array.of(1) },
  },
  normalization: { scale: 1, mean: [0, 0], std: [1, 1] },
};
const of = (changes: Partial<DatasetInit> = {}) => fingerprint(new Dataset({ ...init, ...changes }));

test('data of the same content have the same fingerprint, whatever they are called', async () => {
  const hash = await of();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await of({ name: 'other' })).toBe(hash);
  const { train, test } = init.splits;
  expect(await of({ splits: { test: { ...test! }, train: { ...train! } } })).toBe(hash);
});

test.each<[string, Partial<DatasetInit>]>([
  [
    'a sample',
    { splits: { ...init.splits, test: { images: Uint8Array.of(5, 7), labels: Uint8Array.of(1) } } },
  ],
  [
    'a label',
    { splits: { ...init.splits, test: { images: Uint8Array.of(5, 6), labels: Uint8Array.of(0) } } },
  ],
  ['no labels', { splits: { ...init.splits, test: { images: Uint8Array.of(5, 6) } } }],
  [
    'the type',
    { splits: { ...init.splits, test: { images: Float32Array.of(5, 6), labels: Uint8Array.of(1) } } },
  ],
  ['the split', { splits: { train: init.splits.train!, validation: init.splits.test! } }],
  ['the normalization', { normalization: { scale: 1, mean: [0, 0], std: [1, 2] } }],
  ['the classes', { classNames: ['a', 'c'] }],
  ['the balance', { balanced: true }],
])('%s changes it', async (_, changes) => expect(await of(changes)).not.toBe(await of()));

test('samples in files count by what they are, and are read once', async () => {
  const images = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  let reads = 0;
  const source = {
    ...{ size: 2500, dtype: 'uint8' as const },
    read: async (indices: Uint32Array) => {
      reads++;
      return Uint8Array.from([...indices].flatMap((i) => [images[2 * i]!, images[2 * i + 1]!]));
    },
  };
  const files = new Dataset({ ...init, classNames: [], splits: { train: { images: source } } });
  const hash = await fingerprint(files);
  expect(hash).toBe(await of({ classNames: [], splits: { train: { images } } }));
  expect(reads).toBe(3);
  await fingerprint(files.with({ name: 'again' }));
  expect(reads).toBe(3);
});

test('an abort stops it', async () => {
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(
    fingerprint(new Dataset({ ...init, splits: { train: { ...init.splits.train! } } }), {
      signal: controller.signal,
    }),
  ).rejects.toThrow('enough');
});

test('the samples are hashed as plain sha256 has it', async () => {
  const { splits: _, name: __, ...rest } = init;
  const split = (count: number, images: number[], labels: number[]) =>
    createHash('sha256')
      .update(`${count} uint8 `)
      .update(Uint8Array.from(images))
      .update('labels')
      .update(new Uint8Array(Int32Array.from(labels).buffer))
      .digest('hex');
  const splits = { test: split(1, [5, 6], [1]), train: split(2, [1, 2, 3, 4], [0, 1]) };
  const { sampleShape, classNames, normalization } = rest;
  const all = {
    splits,
    sampleShape,
    targetShape: [1],
    classNames,
    featureNames: [],
    normalization,
    balanced: false,
  };
  expect(await of()).toBe(createHash('sha256').update(JSON.stringify(all)).digest('hex'));
});
