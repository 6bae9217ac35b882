import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { expandHome } from './expand-home.ts';
import type { Context, Magic } from './magic.ts';

export const run: Magic<unknown> = {
  name: 'run',
  summary:
    'Run a file or a notebook in this session: its variables stay. Gives the value of its last expression',
  positionals: [
    {
      name: 'file',
      summary: 'a .ts or .js file, or a notebook (.ipynb)',
      required: true,
      completes: 'file',
    },
  ],
  flags: [],
  examples: ['%run helpers.ts', '%run 01-first-steps.ipynb'],
  result: 'unknown',
  async run({ positionals: [name = ''] }, context) {
    const file = resolve(context.cwd, expandHome(name));
    const text = await readFile(file, 'utf8').catch((cause: Error) => {
      throw new UsageError(`%run cannot read '${name}': ${cause.message}`, { cause });
    });
    const kind = extname(file).toLowerCase();
    if (kind === '.ipynb') return runNotebook(file, text, context);
    if (/^\.[cm]?[jt]sx?$/.test(kind)) return context.evaluate(text, { file });
    throw new UsageError(`%run: '${name}' must be a .ts or .js file or a notebook (.ipynb)`);
  },
};

/** Shows the value of every cell but the last, which is the result. */
async function runNotebook(file: string, text: string, context: Context): Promise<unknown> {
  const cells = codeCells(file, text);
  let last: unknown;
  for (const [i, code] of cells.entries()) {
    context.signal.throwIfAborted();
    if (last !== undefined) context.display(last);
    // The name that an error shows.
    last = await context.evaluate(code, { file: `${file}#cell-${i + 1}` });
  }
  return last;
}

interface StoredCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
}

function codeCells(file: string, text: string): string[] {
  try {
    const { cells } = JSON.parse(text) as { cells: readonly StoredCell[] };
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    return code.map(({ source }) => [source].flat().join('')).filter((source) => source.trim() !== '');
  } catch (cause) {
    throw new UsageError(`%run: '${file}' must be a notebook of nbformat 4: ${(cause as Error).message}`, {
      cause,
    });
  }
}
