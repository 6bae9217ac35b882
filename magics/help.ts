import { UsageError } from '../src/errors.ts';
import { Report } from '../src/report.ts';
import { magics } from './index.ts';
import { lsmagic } from './lsmagic.ts';
import type { Flag, Magic, Positional } from './magic.ts';

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

const explain = (magic: Magic): Report =>
  new Report({
    title: `${usage(magic)}: ${magic.summary}. For example: ${magic.examples.join('   ')}`,
    columns: [
      { key: 'argument', header: 'argument' },
      { key: 'summary', header: 'meaning' },
      { key: 'default', header: 'default' },
    ],
    rows: [
      ...magic.positionals.map((argument) => ({ argument: argument.name, summary: argument.summary })),
      ...magic.flags.map((flag) => ({
        argument: flagUsage(flag),
        summary: flag.summary,
        default: flag.default,
      })),
    ],
  });

const usage = ({ name, positionals, flags }: Magic): string =>
  [`%${name}`, ...positionals.map(positionalUsage), ...(flags.length ? ['[--flags]'] : [])].join(' ');

function positionalUsage({ name, required, rest }: Positional): string {
  const text = `${name.toUpperCase()}${rest ? '...' : ''}`;
  return required ? text : `[${text}]`;
}

function flagUsage({ name, kind, choices }: Flag): string {
  if (kind === 'switch') return `--${name}`;
  return `--${name} ${choices ? choices.join('|') : kind.toUpperCase()}`;
}
