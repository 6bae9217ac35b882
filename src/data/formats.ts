import { readFile } from 'node:fs/promises';
import { type SoundOptions, soundExtensions, soundFolder } from './audio/sound-folder.ts';
import type { Dataset } from './dataset.ts';
import type { FolderOptions } from './files/folder-dataset.ts';
import { openIdxFolder } from './idx-folder.ts';
import { type ImageOptions, imageExtensions, imageFolder } from './image/image-folder.ts';
import { type ArrayOptions, arrayDataset } from './numpy/array-dataset.ts';
import { readNpy } from './numpy/npy.ts';
import { readNpz } from './numpy/npz.ts';
import { type CsvOptions, readCsv } from './tables/csv.ts';
import { readParquet } from './tables/parquet.ts';

/** What one or another format of files takes. */
export interface FormatOptions extends ImageOptions, SoundOptions, CsvOptions, ArrayOptions, FolderOptions {}

/** A kind of file or folder that a data set can be opened from. */
export interface DatasetFormat {
  /** As messages name it: `an image folder`. */
  readonly name: string;
  /** Endings of the file; of a folder, of the files in it. */
  readonly extensions: readonly string[];
  readonly folder: boolean;
  /** The options that mean something here, beside those that every data set takes. */
  readonly takes: readonly (keyof FormatOptions)[];
  open(path: string, name: string, options: FormatOptions): Promise<Dataset>;
}

const files = ['skipBad', 'check', 'cacheBytes'] as const;
const tables = ['label', 'target', 'drop', 'shape', 'skipBad'] as const;

export const datasetFormats: readonly DatasetFormat[] = [
  {
    name: 'a folder of images',
    extensions: imageExtensions,
    folder: true,
    takes: ['size', 'crop', 'channels', 'resampling', ...files],
    open: (folder, name, options) => imageFolder({ folder, name }, options),
  },
  {
    name: 'a folder of sounds',
    extensions: soundExtensions,
    folder: true,
    takes: [
      'features',
      'seconds',
      'window',
      'stride',
      'bands',
      'low',
      'high',
      'coefficients',
      'peak',
      ...files,
    ],
    open: (folder, name, options) => soundFolder({ folder, name }, options),
  },
  {
    name: 'a folder of IDX files',
    extensions: ['-ubyte', '-ubyte.gz'],
    folder: true,
    takes: [],
    open: openIdxFolder,
  },
  {
    name: 'a CSV file',
    extensions: ['.csv', '.tsv'],
    folder: false,
    takes: [...tables, 'header'],
    open: readCsv,
  },
  {
    name: 'a Parquet file',
    extensions: ['.parquet'],
    folder: false,
    takes: [...tables, 'size', 'crop', 'channels', 'resampling'],
    open: readParquet,
  },
  {
    name: 'a file of NumPy arrays',
    extensions: ['.npz'],
    folder: false,
    takes: ['shape'],
    open: async (path, name, options) =>
      arrayDataset(path, readNpz(await readFile(path), path), { ...options, name }),
  },
  {
    name: 'a NumPy array',
    extensions: ['.npy'],
    folder: false,
    takes: ['shape'],
    open: async (path, name, options) =>
      arrayDataset(path, new Map([['x', readNpy(await readFile(path), path)]]), { ...options, name }),
  },
];
