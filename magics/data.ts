import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { Dataset, datasetFormats, datasets, openDataset } from '../src/data/index.ts';
import { type Progress, Report } from '../src/report.ts';
import { dataFlags, openOptions } from './data-options.ts';
import type { Context, Magic, ParsedLine, ProgressBar } from './magic.ts';
import { datasetOf, filePath, identifier } from './resolve.ts';

export const data: Magic<Dataset | Report> = {
  name: 'data',
  summary:
    'Open a data set, a folder of images or sounds, a table or arrays, and show its samples and classes; without a name, list what there is',
  positionals: [
    {
      name: 'source',
      summary: 'a data set, for example mnist, or the path of a folder, .csv, .parquet, .npz or .npy file',
      completes: 'dataset',
    },
  ],
  flags: dataFlags,
  examples: [
    '%data',
    '%data mnist',
    '%data ./flowers --size 96 --crop --test 0.2',
    '%data wine.csv --label cultivar --standardize --test 0.2',
    '%data ./words --features mfcc --balance',
  ],
  result: 'Dataset',
  binds: (line) => (line.positionals[0] ? nameOf(line) : undefined),
  async run(line, context) {
    return line.positionals[0] ? open(line, context) : listOfDatasets();
  },
};

const nameOf = ({ positionals: [source = ''], flags }: ParsedLine): string =>
  identifier(
    typeof flags.as === 'string' ? flags.as : basename(source).replace(/\.(csv|tsv|npz|npy|parquet)$/i, ''),
  );

async function open(line: ParsedLine, context: Context): Promise<Dataset> {
  const source = line.positionals[0]!;
  const options = openOptions(line);
  const path = filePath(source, context);
  const builtIn = datasets.some(({ name }) => name === source);
  // A variable of that name, unless something else is asked for.
  const known = Object.keys(options).length === 0 && (builtIn || !existsSync(path));
  if (known && context.variables.get(source) instanceof Dataset) return datasetOf(source, context);
  const progress = new LateProgress(`data ${source}`, context);
  const { signal, cwd } = context;
  const from = builtIn || !existsSync(path) ? source : path;
  const dataset = await openDataset(from, { ...options, cwd, signal, onProgress: (p) => progress.update(p) });
  progress.done(dataset);
  return dataset;
}

/** A bar only where there is something to wait for. */
class LateProgress {
  readonly #label: string;
  readonly #context: Context;
  #bar: ProgressBar | undefined;

  constructor(label: string, context: Context) {
    this.#label = label;
    this.#context = context;
  }

  update(progress: Progress): void {
    this.#bar ??= this.#context.progress(this.#label);
    this.#bar.update(progress);
  }

  done(dataset: Dataset): void {
    const sizes = dataset.splitNames.map((split) => `${dataset.size(split)} ${split}`);
    this.#bar?.done(sizes.join(', '));
  }
}

const listOfDatasets = (): Report =>
  new Report({
    title: 'Data sets',
    columns: [
      { key: 'name', header: 'name' },
      { key: 'summary', header: 'what it is', wrap: 60 },
    ],
    rows: [
      ...datasets.map(({ name, summary }) => ({ name, summary })),
      ...datasetFormats.map(({ name, extensions }) => ({ name, summary: extensions.join(', ') })),
    ],
  });
