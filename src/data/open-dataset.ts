import { opendir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { type DatasetFormat, datasetFormats, type FormatOptions } from './formats.ts';
import { mnist } from './mnist.ts';
import { ChannelStatistics, type NormalizationOptions, normalizationOf } from './normalization.ts';
import { isSource } from './sample-source.ts';

/** A data set that can be opened by name. */
export interface DatasetSource {
  readonly name: string;
  readonly summary: string;
  /** `cwd` is the notebook's folder, where packages are looked for first. */
  open(options: { readonly cwd?: string }): Promise<Dataset>;
}

export const datasets: readonly DatasetSource[] = [
  { name: 'mnist', summary: '70,000 handwritten digits, 28x28, grey', open: mnist },
];

/** What every data set takes, whatever it is made from. */
export interface PreparationOptions extends NormalizationOptions {
  /** Takes mean and deviation of each channel (each column of a table) from `train`. */
  readonly standardize?: boolean;
  /** Parts of `train` that become splits of their own, with as much of each class. */
  readonly test?: number;
  readonly validation?: number;
  /** Chooses those parts. Default 0. */
  readonly seed?: number;
  /** Shuffled batches of `train` draw every class equally often. */
  readonly balance?: boolean;
}

export interface OpenOptions extends FormatOptions, PreparationOptions {
  /** Where relative paths start and packages are looked for first. Default: the process' folder. */
  readonly cwd?: string;
  /** Of the data set. Default: that of the file or folder. */
  readonly name?: string;
}

/**
 * Opens a data set of `datasets` by its name, or a path: a folder of images, sounds or IDX files, a .csv, .tsv, .npy, .npz
 * or .parquet file. Throws UsageError for what is neither, an option that the format does not take, and files that cannot
 * be read.
 */
export async function openDataset(source: string, options: OpenOptions = {}): Promise<Dataset> {
  const { cwd = process.cwd(), name, ...rest } = options;
  const known = datasets.find((candidate) => candidate.name === source);
  if (known) {
    refuse(rest, { name: `data set '${source}'`, takes: [] });
    const dataset = await known.open({ cwd });
    return prepare(name ? dataset.with({ name }) : dataset, options);
  }
  const path = resolve(cwd, source);
  const format = await formatOf(path, source);
  refuse(rest, format);
  const own = basename(path);
  const named = name ?? (format.folder ? own : own.slice(0, own.length - extname(own).length));
  return prepare(await format.open(path, named, rest), options);
}

const preparations: readonly string[] = [
  'mean',
  'std',
  'standardize',
  'test',
  'validation',
  'seed',
  'balance',
];

/** Throws UsageError for an option that would do nothing. */
function refuse(
  { signal: _, onProgress: __, ...options }: OpenOptions,
  { name, takes }: { name: string; takes: readonly string[] },
): void {
  for (const [option, value] of Object.entries(options)) {
    // A switch that is off says nothing, but `label: false` does.
    const said = value !== undefined && (value !== false || option === 'label');
    if (!said || takes.includes(option) || preparations.includes(option)) continue;
    throw new UsageError(
      `'${option}' means nothing for ${name}, which takes: ${[...takes, ...preparations].join(', ')}`,
    );
  }
}

/** The format of a file by its ending, of a folder by the first file in it that has an ending of any. */
async function formatOf(path: string, source: string): Promise<DatasetFormat> {
  const found = await stat(path).catch(() => undefined);
  const folders = datasetFormats.filter(({ folder }) => folder);
  const files = datasetFormats.filter(({ folder }) => !folder);
  const ends = (name: string) => (format: DatasetFormat) =>
    format.extensions.some((extension) => name.toLowerCase().endsWith(extension));
  if (found?.isFile()) {
    const format = files.find(ends(path));
    if (format) return format;
    throw new UsageError(
      `${path} must be a file of ${files.flatMap(({ extensions }) => extensions).join(', ')}, or a folder of images or sounds`,
    );
  }
  if (found?.isDirectory()) {
    const format = await firstMatch(path, (name) => folders.find(ends(name)));
    if (format) return format;
    throw new UsageError(
      `${path} must have files of ${folders.flatMap(({ extensions }) => extensions).join(', ')} in it, or in a folder for each class; it has none`,
    );
  }
  if (/[\\/.]/.test(source)) throw new UsageError(`There is no file or folder ${path} to open as a data set`);
  throw UsageError.unknown(
    'data set',
    source,
    datasets.map((candidate) => candidate.name),
  );
}

/** What `match` gives for the first file for which it gives anything, in the folder or down to three below it. */
async function firstMatch<T>(
  folder: string,
  match: (name: string) => T | undefined,
  depth = 3,
): Promise<T | undefined> {
  const below: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (/^[._]/.test(entry.name)) continue;
    if (entry.isDirectory()) below.push(entry.name);
    else {
      const found = match(entry.name);
      if (found !== undefined) return found;
    }
  }
  for (const name of depth > 0 ? below.sort() : []) {
    const found = await firstMatch(join(folder, name), match, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function prepare(dataset: Dataset, options: PreparationOptions): Promise<Dataset> {
  const { mean, std, standardize = false, test, validation, seed, balance = false } = options;
  const fractions = { ...(test !== undefined && { test }), ...(validation !== undefined && { validation }) };
  let prepared = Object.keys(fractions).length > 0 ? dataset.holdOut(fractions, { seed }) : dataset;
  if (standardize && (mean !== undefined || std !== undefined))
    throw new UsageError("'standardize' finds mean and deviation itself: leave 'mean' and 'std' out");
  if (mean !== undefined || std !== undefined) {
    const normalization = normalizationOf(storedAs(prepared), prepared.sampleShape, { mean, std });
    prepared = prepared.with({ normalization });
  }
  if (standardize) prepared = await standardized(prepared);
  if (!balance) return prepared;
  // Throws where there are no labels.
  prepared.labels('train');
  return prepared.with({ balanced: true });
}

function storedAs(dataset: Dataset): 'uint8' | 'float32' {
  const { images } = dataset.split('train');
  return isSource(images) ? images.dtype : images instanceof Uint8Array ? 'uint8' : 'float32';
}

/** Samples that are read to find mean and deviation, at most; they are spread evenly. */
const mostSamples = 10_000;

async function standardized(dataset: Dataset): Promise<Dataset> {
  const size = dataset.size('train');
  const count = Math.min(size, mostSamples);
  const statistics = new ChannelStatistics(dataset.sampleShape);
  for (let start = 0; start < count; start += 256) {
    const part = Uint32Array.from({ length: Math.min(256, count - start) }, (_, i) =>
      Math.floor(((start + i) * size) / count),
    );
    statistics.add(await dataset.read('train', part));
  }
  return dataset.with({ normalization: statistics.normalization(dataset.normalization.scale) });
}
