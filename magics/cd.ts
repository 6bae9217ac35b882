import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { expandHome } from './expand-home.ts';
import type { Magic } from './magic.ts';

let previous: string | undefined;

export const cd: Magic<void> = {
  name: 'cd',
  summary: 'Change the folder in which paths and commands start; imports and packages stay with the notebook',
  positionals: [{ name: 'folder', summary: "default: your home; '-': the one before", completes: 'folder' }],
  flags: [],
  examples: ['%cd data', '%cd ..', '%cd -'],
  result: 'void',
  async run({ positionals: [name = homedir()] }, { cwd, print }) {
    if (name === '-' && previous === undefined)
      throw new UsageError('%cd -: there is no folder before this one; %cd FOLDER changes to one');
    const folder = resolve(cwd, name === '-' ? previous! : expandHome(name));
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new UsageError(`%cd: '${name}' must be a folder, but there is none at ${folder}`);
    process.chdir(folder);
    previous = cwd;
    print(`${folder}\n`);
  },
};
