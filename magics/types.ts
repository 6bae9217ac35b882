import { UsageError } from '../src/errors.ts';
import { Report } from '../src/report.ts';
import type { Magic, TypesMode } from './magic.ts';

const modes: Readonly<Record<TypesMode, string>> = {
  warn: 'a cell runs at once; what is wrong with its types is noted below it',
  strict: 'a cell with a type error does not run',
  off: 'types are not checked',
  tslab: "a cell with a type error, as tslab's own converter finds it, does not run",
};

export const types: Magic<Report> = {
  name: 'types',
  summary: 'Say how cells are checked, or choose it for this session from the next cell on',
  positionals: [{ name: 'mode', summary: Object.keys(modes).join(', '), choices: Object.keys(modes) }],
  flags: [],
  examples: ['%types', '%types strict'],
  result: 'Report',
  async run({ positionals: [mode] }, context) {
    if (mode !== undefined) {
      if (!isMode(mode)) throw UsageError.unknown('way to check types', mode, Object.keys(modes));
      context.types.set(mode);
    }
    const chosen = mode ?? context.types.mode;
    return new Report({
      title: `Types are checked: ${chosen}`,
      columns: [
        { key: 'chosen', header: '' },
        { key: 'mode', header: '%types' },
        { key: 'meaning', header: 'meaning' },
      ],
      rows: Object.entries(modes).map(([name, meaning]) => ({
        chosen: name === chosen ? '*' : '',
        mode: name,
        meaning,
      })),
    });
  },
};

const isMode = (mode: string): mode is TypesMode => mode in modes;
