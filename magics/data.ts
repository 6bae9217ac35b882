import { type Dataset, datasets } from '../src/data/index.ts';
import { Report } from '../src/report.ts';
import type { Magic } from './magic.ts';
import { datasetOf, identifier } from './resolve.ts';

export const data: Magic<Dataset | Report> = {
  name: 'data',
  summary: 'Open a data set and show a few of its samples; without a name, list what there is',
  positionals: [{ name: 'name', summary: 'a data set, for example mnist', completes: 'dataset' }],
  flags: [],
  examples: ['%data', '%data mnist'],
  result: 'Dataset',
  binds: ({ positionals: [name] }) => name && identifier(name),
  async run({ positionals: [name] }, context) {
    return name ? datasetOf(name, context) : listOfDatasets();
  },
};

const listOfDatasets = (): Report =>
  new Report({
    title: 'Data sets',
    columns: [
      { key: 'name', header: 'name' },
      { key: 'summary', header: 'what it is' },
    ],
    rows: datasets.map(({ name, summary }) => ({ name, summary })),
  });
