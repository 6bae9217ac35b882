import { Report } from '../src/report.ts';
import { magics } from './index.ts';
import type { Magic } from './magic.ts';

export const lsmagic: Magic<Report> = {
  name: 'lsmagic',
  summary: 'List all magics',
  positionals: [],
  flags: [],
  examples: ['%lsmagic'],
  result: 'Report',
  run: async () =>
    new Report({
      title: 'Magics: %help NAME explains one',
      columns: [
        { key: 'name', header: 'magic' },
        { key: 'summary', header: 'what it does', wrap: 44 },
        { key: 'example', header: 'for example', wrap: 40 },
      ],
      rows: magics.map(({ name, summary, examples }) => ({
        name: `%${name}`,
        summary,
        example: examples[0],
      })),
    }),
};
