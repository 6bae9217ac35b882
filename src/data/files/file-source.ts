import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { WorkOptions } from '../../report.ts';
import { readAhead } from '../read-ahead.ts';
import type { SampleSource, Samples } from '../sample-source.ts';
import { readFiles } from './reader-pool.ts';
import type { FileFormat } from './reader-protocol.ts';
import { SampleCache } from './sample-cache.ts';

/** Files that one message to a reading thread names. */
const filesInTask = 16;

export interface FileSourceInit {
  readonly folder: string;
  /** Paths from the folder, one a sample. */
  readonly files: readonly string[];
  readonly format: FileFormat;
  /** Samples are kept once they are read, up to so many bytes. */
  readonly cacheBytes: number;
}

/** A file that cannot be read, and why. */
export interface BadFile {
  readonly index: number;
  readonly file: string;
  readonly reason: string;
}

/** Samples in files: read in other threads when they are needed, the first of them kept. */
export class FileSource implements SampleSource {
  readonly dtype: 'uint8' | 'float32';
  readonly size: number;
  readonly #init: FileSourceInit;
  readonly #cache: SampleCache;

  constructor(init: FileSourceInit) {
    const { files, format, cacheBytes } = init;
    this.#init = init;
    this.size = files.length;
    this.dtype = format.kind === 'image' ? 'uint8' : 'float32';
    const width = this.dtype === 'uint8' ? 1 : 4;
    this.#cache = new SampleCache({ bytes: cacheBytes, size: format.size, width, count: files.length });
  }

  /** Rejects with a UsageError that names the first file which cannot be read, and why. */
  async read(indices: Uint32Array): Promise<Samples> {
    const { samples, bad } = await this.#load(indices);
    if (bad[0]) throw badFileError(bad[0], this.#init.format);
    return samples;
  }

  /** Reads every file once; those that cannot be read. */
  async check({ signal, onProgress }: WorkOptions = {}): Promise<BadFile[]> {
    const starts = Array.from({ length: Math.ceil(this.size / filesInTask) }, (_, i) => i * filesInTask);
    const load = (start: number) => {
      const count = Math.min(filesInTask, this.size - start);
      return this.#load(Uint32Array.from({ length: count }, (_, i) => start + i));
    };
    const found: BadFile[] = [];
    let done = 0;
    for await (const { bad } of readAhead(starts, load, 4)) {
      found.push(...bad);
      done = Math.min(this.size, done + filesInTask);
      onProgress?.({ done, total: this.size, message: 'files' });
      signal?.throwIfAborted();
    }
    return found;
  }

  async #load(indices: Uint32Array): Promise<{ samples: Samples; bad: BadFile[] }> {
    const { size } = this.#init.format;
    const samples =
      this.dtype === 'uint8'
        ? new Uint8Array(indices.length * size)
        : new Float32Array(indices.length * size);
    const missing: number[] = [];
    indices.forEach((index, position) => {
      const kept = this.#cache.get(index);
      if (kept) samples.set(kept, position * size);
      else missing.push(position);
    });
    const tasks = Array.from({ length: Math.ceil(missing.length / filesInTask) }, (_, i) =>
      missing.slice(i * filesInTask, (i + 1) * filesInTask),
    );
    const bad = await Promise.all(tasks.map((positions) => this.#readTask(positions, { indices, samples })));
    return { samples, bad: bad.flat() };
  }

  /** Reads the files of some positions of `indices` into their places of `samples`. */
  async #readTask(
    positions: readonly number[],
    { indices, samples }: { indices: Uint32Array; samples: Samples },
  ): Promise<BadFile[]> {
    const { folder, files, format } = this.#init;
    const { size } = format;
    const names = positions.map((position) => join(folder, files[indices[position]!]!));
    const answer = await readFiles(names, format);
    const failed = new Set(answer.failures.map(({ index }) => index));
    positions.forEach((position, i) => {
      const sample = answer.samples.subarray(i * size, (i + 1) * size);
      samples.set(sample, position * size);
      if (!failed.has(i)) this.#cache.set(indices[position]!, sample);
    });
    return answer.failures.map(({ index, reason }) => ({
      index: indices[positions[index]!]!,
      file: names[index]!,
      reason,
    }));
  }
}

export const badFileError = (
  { file, reason }: Omit<BadFile, 'index'>,
  { kind }: Pick<FileFormat, 'kind'>,
): UsageError =>
  new UsageError(
    `${file} cannot be read as ${kind === 'image' ? 'an image' : 'a sound'}: ${reason}. Mend or remove it, or leave such files out: skipBad (%data --skip-bad)`,
  );
