import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { expandHome } from './expand-home.ts';
import type { Magic } from './magic.ts';

export const writefile: Magic<void> = {
  name: 'writefile',
  form: 'cell',
  summary: 'Write the rest of the cell to a file',
  positionals: [
    { name: 'file', summary: 'path; folders on the way are made', required: true, completes: 'file' },
  ],
  flags: [{ name: 'append', short: 'a', kind: 'switch', summary: 'add to the end of the file' }],
  examples: ['%%writefile helper.ts', '%%writefile -a notes.txt'],
  result: 'void',
  async run({ positionals: [name = ''], flags, body = '' }, { cwd, print }) {
    const file = resolve(cwd, expandHome(name));
    const existed = await stat(file).then(
      () => true,
      () => false,
    );
    const text = body === '' || body.endsWith('\n') ? body : `${body}\n`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await (flags.append ? appendFile(file, text) : writeFile(file, text));
    } catch (cause) {
      throw new UsageError(`%%writefile cannot write '${name}': ${(cause as Error).message}`, { cause });
    }
    const what = !existed ? 'Wrote' : flags.append ? 'Appended to' : 'Overwrote';
    print(`${what} ${name}\n`);
  },
};
