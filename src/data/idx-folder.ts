import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UsageError } from '../errors.ts';
import { Dataset } from './dataset.ts';
import { readIdx } from './idx.ts';
import { normalizationOf } from './normalization.ts';
import type { Split } from './split.ts';

/** Names that the split's files begin with, as MNIST and its kin have them. */
const prefixes = { train: 'train', test: 't10k' } as const;

/** Whether a folder holds a data set as MNIST ships: `train-images-idx3-ubyte` and so on, maybe with .gz. */
export const isIdxFolder = (folder: string): boolean =>
  pathOf(folder, 'train-images-idx3-ubyte') !== undefined;

/** Opens such a folder: uint8 [1, H, W]; classes are named by their numbers. Throws UsageError naming the file that is wrong. */
export async function openIdxFolder(folder: string, name: string): Promise<Dataset> {
  const parts = await Promise.all(
    Object.entries(prefixes).map(
      async ([split, prefix]) => [split, await readIdxSplit(folder, prefix)] as const,
    ),
  );
  const [, first] = parts[0]!;
  const highest = parts.reduce((most, [, { labels }]) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  return new Dataset({
    name,
    sampleShape: [1, ...first.shape.slice(1)],
    classNames: Array.from({ length: highest + 1 }, (_, i) => String(i)),
    splits: Object.fromEntries(
      parts.map(([split, { images, labels }]) => [split, { images, labels } satisfies Split]),
    ),
    normalization: normalizationOf('uint8', [1], {}),
  });
}

interface IdxSplit {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** Of all samples. */
  readonly shape: readonly number[];
}

async function readIdxSplit(folder: string, prefix: string): Promise<IdxSplit> {
  const [images, labels] = await Promise.all([
    readBytes(folder, `${prefix}-images-idx3-ubyte`),
    readBytes(folder, `${prefix}-labels-idx1-ubyte`),
  ]);
  return { images: images.bytes, labels: labels.bytes, shape: images.shape };
}

async function readBytes(folder: string, file: string) {
  const path = pathOf(folder, file);
  if (!path) throw new UsageError(`${folder} must have the file ${file}, maybe with .gz, has not`);
  const stored = await readFile(path);
  const tensor = readIdx(path.endsWith('.gz') ? await unpack(stored, path) : stored, path);
  if (tensor.dtype === 'uint8') return tensor;
  throw new UsageError(`${path} must hold uint8 numbers, holds ${tensor.dtype}`);
}

async function unpack(stored: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(stored);
  } catch (cause) {
    throw new UsageError(`${path} cannot be unpacked: ${(cause as Error).message}; get the file again`, {
      cause,
    });
  }
}

const pathOf = (folder: string, file: string): string | undefined =>
  [join(folder, file), join(folder, `${file}.gz`)].find((path) => existsSync(path));
