import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset } from '../../../../src/data/index.ts';

/** Written by pyarrow 26. */
const fixture = (name: string): string =>
  join(import.meta.dirname, '../../../fixtures/data', `${name}.parquet`);

test.each(['table-snappy', 'table-zstd'])('%s holds what pyarrow wrote', async (name) => {
  const data = await openDataset(fixture(name), { drop: ['id'] });
  expect([data.featureNames, data.classNames]).toEqual([
    ['a', 'b'],
    ['ash', 'elm', 'oak'],
  ]);
  expect([...data.images('train')]).toEqual([0, 0, 0.5, 10, 1, 20, 1.5, 30, 2, 40]);
  expect([...data.labels('train')]).toEqual([2, 0, 2, 1, 0]);
});

test('texts among the features are named', async () => {
  await expect(openDataset(fixture('table-snappy'))).rejects.toThrow(
    /table-snappy\.parquet, row 1: column 'id' must be a number, has 'r0'/,
  );
});

test('a column of images is decoded', async () => {
  const data = await openDataset(fixture('images'));
  expect([data.sampleShape, data.classNames]).toEqual([
    [1, 4, 4],
    ['0', '2'],
  ]);
  expect([...data.labels('train')]).toEqual([1, 0, 1]);
  expect([...data.images('train')].filter((_, i) => i % 16 === 0)).toEqual([0, 10, 20]);
  expect((await openDataset(fixture('images'), { size: 2, label: false })).sampleShape).toEqual([1, 2, 2]);
  await expect(openDataset(fixture('table-snappy'), { target: 'a', drop: ['id'] })).rejects.toThrow(
    "column 'species'",
  );
});

test('no Parquet, or half of one, is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-parquet-'));
  const path = join(folder, 'broken.parquet');
  const bytes = readFileSync(fixture('table-zstd'));
  for (const content of [
    Buffer.from('a,b\n1,2'),
    bytes.subarray(0, 200),
    bytes.map((v, i) => (i > 20 && i < 300 ? v ^ 85 : v)),
  ]) {
    writeFileSync(path, content);
    await expect(openDataset(path, { drop: ['id'] })).rejects.toThrow(/broken\.parquet/);
  }
  rmSync(folder, { recursive: true });
});
