import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { data } from '../../magics/data.ts';
import type { Context } from '../../magics/magic.ts';
import { type Dataset, encodePng } from '../../src/data/index.ts';
import type { Report } from '../../src/report.ts';

let folder: string;
const variables = new Map<string, unknown>();
const bars: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgebook-data-magic-'));
  for (const [name, value] of [
    ['day', 200],
    ['night', 20],
  ] as const) {
    mkdirSync(join(folder, 'sky photos', name), { recursive: true });
    for (let i = 0; i < 5; i++) {
      const bitmap = { width: 6, height: 4, channels: 3, data: new Uint8Array(72).fill(value + i) } as const;
      writeFileSync(join(folder, 'sky photos', name, `${i}.png`), encodePng(bitmap));
    }
  }
  writeFileSync(join(folder, 'wine.csv'), 'acid,sugar,cultivar\n1,2,a\n3,4,b\n5,9,a\n7,1,b\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(line: string): Promise<Dataset> {
  const parsed = parseLine(data, line);
  const context = {
    cwd: folder,
    variables: { get: (name: string) => variables.get(name), names: () => [...variables.keys()] },
    signal: new AbortController().signal,
    progress: (label: string) => ({
      update() {},
      done: (message: string) => bars.push(`${label}: ${message}`),
    }),
  } as unknown as Context;
  const result = (await data.run(parsed, context)) as Dataset;
  const name = data.binds?.(parsed);
  if (name) variables.set(name, result);
  return result;
}

test('opens a folder of images as it is asked to', async () => {
  const sky = await run(
    '"sky photos" --size 3x2 --crop --channels 1 --test 0.2 --seed 4 --mean 0.5 --std .25 --balance',
  );
  expect(variables.get('sky_photos')).toBe(sky);
  expect([sky.sampleShape, sky.size('train'), sky.size('test'), sky.balanced]).toEqual([
    [1, 3, 2],
    8,
    2,
    true,
  ]);
  expect(sky.name).toBe('sky photos[test=0.2,seed=4]');
  expect(sky.normalization).toEqual({ scale: 1 / 255, mean: [0.5], std: [0.25] });
  expect(bars).toEqual(['data sky photos: 8 train, 2 test']);
});

test('opens a table, under a name of its own', async () => {
  const wine = await run('wine.csv --label cultivar --drop sugar --standardize --as reds');
  expect(variables.get('reds')).toBe(wine);
  expect([wine.name, wine.featureNames, wine.classNames]).toEqual(['reds', ['acid'], ['a', 'b']]);
  expect(await run('reds')).toBe(wine);
  expect((await run('wine.csv --label -1')).classNames).toEqual(['a', 'b']);
  expect(variables.has('wine')).toBe(true);
  expect((await run('wine.csv --unlabelled --drop cultivar')).classNames).toEqual([]);
});

test('lists data sets and formats', async () => {
  const { rows } = (await run('')) as unknown as Report;
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['mnist', 'a folder of images', 'a CSV file']),
  );
});

test.each([
  ['nowhere.csv', 'There is no file or folder'],
  ['mnits', "Unknown data set 'mnits'. Did you mean 'mnist'?"],
  ['wine.csv --size 3', "'size' means nothing for a CSV file"],
  ['wine.csv --size big', "--size must be pixels, as 96 or 96x128 (height x width), was 'big'"],
  ['wine.csv --mean 1,,2', "--mean must be numbers parted by commas, was '1,,2'"],
  ['wine.csv --channels 2', '--channels must be 1 or 3, was 2'],
  ['wine.csv --unlabelled --label a', '--unlabelled means that there is neither'],
  ['"sky photos" --label x', "'label' means nothing for a folder of images"],
  ['"sky photos" --test 2', 'must be a fraction between 0 and 1, was 2'],
  ['mnist --label 3', "'label' means nothing for data set 'mnist'"],
])('%s is refused', async (line, message) => {
  await expect(run(line)).rejects.toThrow(message);
});
