import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { type Displayable, displaySymbol } from '../src/report.ts';
import type { Input, Magic } from './magic.ts';

export const history: Magic<Displayable | undefined> = {
  name: 'history',
  summary: 'Show the cells that have run in this session',
  positionals: [{ name: 'cells', summary: 'numbers and ranges: 3 5-8; default: all', rest: true }],
  flags: [
    { name: 'limit', short: 'l', kind: 'number', summary: 'only the last so many' },
    { name: 'search', short: 'g', kind: 'string', summary: 'only cells that contain this text' },
    {
      name: 'file',
      short: 'f',
      kind: 'string',
      summary: 'write the code to this file instead',
      completes: 'file',
    },
  ],
  examples: ['%history', '%history 3 5-8', '%history -g quantize', '%history -f session.ts'],
  result: 'void',
  async run({ positionals, flags: { limit, search, file } }, context) {
    const ranges = positionals.map(parseRange);
    const found = context
      .inputs()
      .filter(({ count }) => ranges.length === 0 || ranges.some(([from, to]) => count >= from && count <= to))
      .filter(({ code }) => search === undefined || code.includes(String(search)));
    const inputs = limit === undefined ? found : found.slice(-Math.max(1, Number(limit)));
    if (file === undefined) return listing(inputs);
    await writeFile(resolve(context.cwd, String(file)), inputs.map(({ code }) => `${code}\n`).join('\n'));
    context.print(`Wrote ${inputs.length} cells to ${file}\n`);
    return undefined;
  },
};

function parseRange(text: string): [from: number, to: number] {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from !== undefined) return [Number(from), Number(to)];
  throw new UsageError(`%history: cells must be numbers or ranges such as 5-8, was '${text}'`);
}

/** Numbers left of the code, as front ends show them. */
function listing(inputs: readonly Input[]): Displayable {
  const width = String(inputs.at(-1)?.count ?? 0).length;
  const text = inputs
    .map(({ count, code }) => {
      const number = `${String(count).padStart(width)}: `;
      return number + code.replaceAll('\n', `\n${' '.repeat(number.length)}`);
    })
    .join('\n');
  return { [displaySymbol]: () => ({ 'text/plain': text }) };
}
