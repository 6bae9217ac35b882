import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type OpenOptions, openDataset } from '../../../../src/data/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function open(text: string | Buffer, options: OpenOptions = {}, ending = 'csv') {
  const path = join(folder, `table${files++}.${ending}`);
  writeFileSync(path, text);
  return openDataset(path, options);
}

const flowers = `petal,sepal,species
1.5,2,rose
3,4,"tulip, red"
5,6,rose
7,-8e1,"say ""hi"""
`;

test('reads named columns, quotes and all, and finds the label by its name', async () => {
  const data = await open(flowers);
  expect([data.sampleShape, data.featureNames]).toEqual([[2], ['petal', 'sepal']]);
  expect(data.classNames).toEqual(['rose', 'say "hi"', 'tulip, red']);
  expect([...data.labels('train')]).toEqual([0, 2, 0, 1]);
  expect([...data.images('train')]).toEqual([1.5, 2, 3, 4, 5, 6, 7, -80]);
});

test('UTF-16 is refused with what to do', async () => {
  await expect(open(Buffer.from(`\ufeff${flowers}`, 'utf16le'))).rejects.toThrow(
    /must be in UTF-8, is in UTF-16: save it as CSV UTF-8/,
  );
});

describe('header', () => {
  test('none where the first row is numbers; columns go by position', async () => {
    const data = await open('0.5,1,7\n2,3,5\n', { label: -1 });
    expect([data.featureNames, data.classNames, data.size('train')]).toEqual([['0', '1'], ['5', '7'], 2]);
  });

  test('none where text stands in the same column below', async () => {
    const data = await open('0.5,cat\n2,dog\n', { label: 1 });
    expect([data.size('train'), data.classNames]).toEqual([2, ['cat', 'dog']]);
  });

  test('as it is said', async () => {
    const data = await open('1,2\n3,4\n5,6\n', { label: false, header: true });
    expect([data.featureNames, data.size('train')]).toEqual([['1', '2'], 2]);
  });
});

test.each([
  ['tabs', flowers.replaceAll(/,(?! )/g, '\t'), 'tsv'],
  ['semicolons', flowers.replaceAll(/,(?! )/g, ';'), 'csv'],
  ['a byte order mark and CRLF', `\ufeff${flowers.replaceAll('\n', '\r\n')}`, 'csv'],
])('%s', async (_name, text, ending) => {
  const data = await open(text, {}, ending);
  expect([...data.images('train')]).toEqual([1.5, 2, 3, 4, 5, 6, 7, -80]);
  expect(data.featureNames).toEqual(['petal', 'sepal']);
});

test('a target makes it regression, dropped columns are left out', async () => {
  const data = await open('id,x,price\nA1,1,2.5\nA2,3,-4\n', { target: 'price', drop: ['id'] });
  expect([data.classNames, data.featureNames]).toEqual([[], ['x']]);
  for await (const batch of data.batches('train')) {
    expect(batch.targets?.shape).toEqual([2, 1]);
    expect(batch.targets?.toNumbers()).toEqual([2.5, -4]);
  }
});

test('pixels in columns become pictures', async () => {
  const data = await open('label,a,b,c,d\n3,0,255,51,102\n5,1,2,3,4\n', { shape: [1, 2, 2], std: 255 });
  expect([data.sampleShape, data.classNames]).toEqual([
    [1, 2, 2],
    ['3', '5'],
  ]);
  for await (const { images } of data.batches('train', { limit: 1 }))
    expect(images.toNumbers().map((v) => Math.round(v * 10) / 10)).toEqual([0, 1, 0.2, 0.4]);
});

test('standardized columns have mean 0 and deviation 1 over train, not over what was held out', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => `${i},${1000 - i * i},7,${i % 2}`);
  const data = await open(`a,b,c,label\n${rows.join('\n')}`, { standardize: true, test: 0.2 });
  const columns: number[][] = [[], [], []];
  for await (const { images } of data.batches('train'))
    images.toNumbers().forEach((value, i) => {
      columns[i % 3]!.push(value);
    });
  expect(columns[0]).toHaveLength(40);
  for (const column of columns.slice(0, 2)) {
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length).toBeCloseTo(1, 5);
  }
  expect(new Set(columns[2])).toEqual(new Set([0]));
});

test('a bad cell is named with file, row and column, or its row left out', async () => {
  const text = 'a,b,label\n1,2,x\n3,oops,y\n5,,x\n7,8,\n9,10,y\n';
  await expect(open(text)).rejects.toThrow(/\.csv, row 3: column 'b' must be a number, has 'oops'/);
  const data = await open(text, { skipBad: true });
  expect([...data.images('train')]).toEqual([1, 2, 9, 10]);
  expect(data.warnings[0]).toMatch(/^3 of 5 rows were left out, the first: .*row 3/);
});

test.each([
  ['', {}, 'is empty'],
  ['a,b\n1,2\n', {}, 'say which column is the class (label)'],
  ['a,label,y\n1,2,3\n', {}, 'say which column is the class'],
  ['a,b\n1,2\n', { label: 'c' }, 'Unknown column of'],
  ['a,label\n1,2,3\n', {}, 'row 2 must have 2 cells as the first, has 3'],
  ['label\n1\n', {}, 'must have a column of features'],
  ['a,label\nx,1\n', { skipBad: true }, 'has none that can be used'],
  ['a,label\n"1,2\n3,4\n', {}, 'row'],
  ['a,b,label\n1,2,3\n', { shape: [3] }, 'must have 3 numbers, the table has 2'],
])('refuses %j with %j', async (text, options, message) => {
  await expect(open(text, options)).rejects.toThrow(message);
});

test('too many classes are numbers', async () => {
  const rows = Array.from({ length: 1001 }, (_, i) => `1,${i}`);
  await expect(open(`a,label\n${rows.join('\n')}`)).rejects.toThrow(
    "has more than 1000 different values: for numbers to predict use 'target'",
  );
});
