import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import jpeg from 'jpeg-js';
import { afterAll, expect, test } from 'vitest';
import { type OpenOptions, openDataset } from '../../../src/data/index.ts';
import { UsageError } from '../../../src/errors.ts';
import { type Random, random } from '../../../src/random.ts';
import { wav } from './audio/wav-file.ts';
import { png } from './image/pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, '../../fixtures/data', name));
const picture = {
  height: 9,
  width: 11,
  data: Buffer.from(Array.from({ length: 396 }, (_, i) => (i * 37) % 256)),
};

interface Case {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly options?: OpenOptions;
}

const cases: Case[] = [
  { file: 'png/a/x.png', bytes: png({ height: 9, width: 11, channels: 3 }, (y, x, c) => y * 20 + x + c) },
  { file: 'jpg/a/x.jpg', bytes: jpeg.encode(picture, 80).data, options: { size: 8 } },
  { file: 'wav/a/x.wav', bytes: wav([0, 0.5, -0.5, 0.25], { bits: 16, extensible: true }) },
  { file: 'keras.npz', bytes: fixture('keras.npz') },
  { file: 'regression.npz', bytes: fixture('regression.npz') },
  { file: 'half.npy', bytes: fixture('half.npy') },
  { file: 'images.parquet', bytes: fixture('images.parquet') },
  { file: 'table.parquet', bytes: fixture('table-zstd.parquet'), options: { drop: ['id'] } },
  { file: 'table.csv', bytes: Buffer.from('a,b,label\n1,2,"x, y"\n3,4,z\n5,6,z\n') },
];

/** Some bytes changed, a part left out or written twice. */
function mutated(bytes: Uint8Array, source: Random): Uint8Array {
  const out = Buffer.from(bytes);
  const at = () => source.integer(out.length);
  const kind = source.integer(4);
  if (kind === 0) return out.subarray(0, at());
  if (kind === 1) return Buffer.concat([out.subarray(0, at()), out.subarray(at())]);
  for (let i = 0; i <= source.integer(6); i++) out[at()] = kind === 2 ? source.integer(256) : 255;
  return out;
}

test.each(cases)('$file, 60 times broken, opens or says why not', async ({ file, bytes, options = {} }) => {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const opened = file.includes('/') ? join(folder, file.split('/')[0]!) : path;
  writeFileSync(path, bytes);
  expect((await openDataset(opened, options)).size('train')).toBeGreaterThan(0);
  const source = random(11);
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    writeFileSync(path, mutated(bytes, source));
    const error = await openDataset(opened, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) continue;
    refused++;
    expect(error, String((error as Error).stack)).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(file.split('/').at(-1));
  }
  expect(refused).toBeGreaterThan(10);
});
