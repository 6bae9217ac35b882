import { UsageError } from '../src/errors.ts';
import { Report } from '../src/report.ts';
import { flagUsage, positionalUsage, sigil } from './arguments.ts';
import { magics } from './index.ts';
import { lsmagic } from './lsmagic.ts';
import type { Magic } from './magic.ts';

export const help: Magic<Report> = {
  name: 'help',
  summary: 'Explain a magic: what it takes, with examples',
  positionals: [{ name: 'magic', summary: 'name of a magic, with or without %', completes: 'magic' }],
  flags: [],
  examples: ['%help quantize'],
  result: 'Report',
  async run(line, context) {
    const name = line.positionals[0]?.replace(/^%+/, '');
    if (!name) return lsmagic.run(line, context);
    const found = magics.find((magic) => magic.name === name);
    if (found) return explain(found);
    throw UsageError.unknown(
      'magic',
      name,
      magics.map((magic) => magic.name),
    );
  },
};

/** What a magic takes, as a table. */
export const explain = (magic: Magic): Report =>
  new Report({
    title: `${sigil(magic)}${magic.name}: ${magic.summary}`,
    columns: [
      { key: 'argument', header: 'argument' },
      { key: 'summary', header: 'meaning', wrap: 56 },
    ],
    rows: [
      ...magic.positionals.map((argument) => ({
        argument: positionalUsage(argument),
        summary: argument.summary,
      })),
      ...magic.flags.map((flag) => ({
        argument: flagUsage(flag),
        summary: flag.default === undefined ? flag.summary : `${flag.summary}; default ${flag.default}`,
      })),
      ...magic.examples.map((example, i) => ({ argument: i === 0 ? 'for example' : '', summary: example })),
    ],
  });
