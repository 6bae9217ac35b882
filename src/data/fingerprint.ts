import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { WorkOptions } from '../report.ts';
import type { Dataset } from './dataset.ts';
import { isSource } from './sample-source.ts';
import type { Split } from './split.ts';

/** Read and hashed at a time. */
const chunkSamples = 1024;

const known = new WeakMap<Dataset, string>();
/** Data sets share their splits: those of `with` and of a model's own copy are the same objects. */
const knownSplits = new WeakMap<Split, string>();

/**
 * sha256, in hexadecimal, of all that a model can get from a data set: the samples, labels and targets of every split as
 * they are stored, in their order, the shapes, classes, normalization and balance; not of its name. Samples in files
 * are read once for it. Kept as long as the data set.
 */
export async function fingerprint(data: Dataset, options: WorkOptions = {}): Promise<string> {
  const found = known.get(data);
  if (found) return found;
  const splits: Record<string, string> = {};
  const names = data.splitNames.toSorted();
  const total = names.reduce((sum, name) => sum + data.size(name), 0);
  let done = 0;
  for (const name of names) {
    splits[name] = await splitHash(data, name, {
      ...(options.signal && { signal: options.signal }),
      onProgress: (progress) =>
        options.onProgress?.({ done: done + progress.done, total, message: `hash of ${data.name}` }),
    });
    done += data.size(name);
  }
  const { sampleShape, targetShape, classNames, featureNames, normalization, balanced } = data;
  const rest = { sampleShape, targetShape, classNames, featureNames, normalization, balanced };
  const hash = createHash('sha256')
    .update(JSON.stringify({ splits, ...rest }))
    .digest('hex');
  known.set(data, hash);
  return hash;
}

async function splitHash(data: Dataset, name: string, { signal, onProgress }: WorkOptions): Promise<string> {
  const split = data.split(name);
  const found = knownSplits.get(split);
  if (found) return found;
  const size = data.size(name);
  const hash = createHash('sha256').update(
    `${size} ${isSource(split.images) ? split.images.dtype : kindOf(split.images)} `,
  );
  for (let start = 0; start < size; start += chunkSamples) {
    signal?.throwIfAborted();
    const count = Math.min(chunkSamples, size - start);
    const samples = await data.read(
      name,
      Uint32Array.from({ length: count }, (_, i) => start + i),
    );
    hash.update(bytesOf(samples));
    onProgress?.({ done: start + count, total: size });
    await turn();
  }
  // The same classes are stored in bytes or in wider integers, as the format has them.
  if (split.labels) hash.update('labels').update(bytesOf(Int32Array.from(split.labels)));
  if (split.targets) hash.update('targets').update(bytesOf(split.targets));
  const digest = hash.digest('hex');
  knownSplits.set(split, digest);
  return digest;
}

const kindOf = (samples: Uint8Array | Float32Array): string =>
  samples instanceof Uint8Array ? 'uint8' : 'float32';

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
