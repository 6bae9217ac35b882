import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset, readNpy, readNpz } from '../../../../src/data/index.ts';

/** Written by NumPy 2. */
const fixture = (name: string): string => join(import.meta.dirname, '../../../fixtures/data', name);

test('x_train, y_train, x_test and y_test as Keras saves MNIST', async () => {
  const data = await openDataset(fixture('keras.npz'));
  expect([data.sampleShape, data.splitNames, data.classNames]).toEqual([
    [1, 2, 2],
    ['train', 'test'],
    ['0', '1', '2'],
  ]);
  expect([...data.images('train')]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect([...data.labels('train')]).toEqual([0, 1, 2, 0, 1, 2]);
  expect([...data.images('test')]).toEqual([0, 1, 2, 3]);
  for await (const { images } of data.batches('test')) expect(images.toNumbers()[3]).toBeCloseTo(3 / 255);
});

test('compressed, big-endian and column-major arrays with float targets', async () => {
  const data = await openDataset(fixture('regression.npz'));
  expect([data.sampleShape, data.targetShape, data.classNames]).toEqual([[2], [2], []]);
  expect([...data.images('train')]).toEqual([0, 1, 2, 3, 4, 5]);
  for await (const { targets } of data.batches('train'))
    expect(targets!.toNumbers()).toEqual([0.5, 1, 2, 3, 4, 5.5]);
});

test('pictures with channels last are stored channels first', async () => {
  const data = await openDataset(fixture('pixels.npz'));
  expect(data.sampleShape).toEqual([3, 5, 4]);
  const [first, second] = [data.images('train').subarray(0, 20), data.images('train').subarray(20, 40)];
  expect([...first]).toEqual(Array.from({ length: 20 }, (_, i) => 3 * i));
  expect([...second]).toEqual(Array.from({ length: 20 }, (_, i) => 3 * i + 1));
  expect((await openDataset(fixture('pixels.npz'), { shape: [60] })).sampleShape).toEqual([60]);
});

test('a lone array of half precision has no labels', async () => {
  const data = await openDataset(fixture('half.npy'));
  const [first, ...rest] = data.images('train');
  expect([first, ...rest].map((v) => Number(v!.toPrecision(3)))).toEqual([1, -2.5, 65500, 5.96e-8, 0, 0.1]);
  expect(() => data.labels('train')).toThrow('half has no labels');
});

test('names what cannot be read', async () => {
  await expect(openDataset(fixture('text.npy'))).rejects.toThrow(/text\.npy must hold numbers .*holds '<U1'/);
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-npz-'));
  const open = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return openDataset(join(folder, name));
  };
  const keras = readFileSync(fixture('keras.npz'));
  await expect(open('a.npz', keras.subarray(0, 500))).rejects.toThrow(/a\.npz cannot be read as a ZIP file/);
  await expect(open('b.npz', Buffer.from('hello'))).rejects.toThrow(/b\.npz cannot be read/);
  const half = readFileSync(fixture('half.npy'));
  await expect(open('c.npy', half.subarray(0, 135))).rejects.toThrow(
    'must have 12 bytes of float16 [2, 3], has 7',
  );
  await expect(open('d.npy', half.subarray(0, 40))).rejects.toThrow('cut off within its header');
  await expect(open('e.npy', Buffer.from('P'.repeat(99)))).rejects.toThrow('must be a NumPy array');
  expect((await readNpz(keras, 'keras')).get('y_test')?.dtype).toBe('uint8');
  expect(() =>
    readNpy(
      half.map((v, i) => (i === 30 ? 0x7a : v)),
      'odd',
    ),
  ).toThrow('odd');
  rmSync(folder, { recursive: true });
});
